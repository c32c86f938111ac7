import D2LCore

/// Pictures in one folder a class, as fine-tuning and torchvision's `ImageFolder` take them: `train/hotdog/1.png`.
///
/// The names of the folders, sorted, are the classes. Pictures are PNG or JPEG files anywhere below a class's folder; they are read when a batch asks
/// for them, and go through a pipeline that gives all of them one size. Files that cannot be read are left out and listed in ``skipped``.
public struct ImageFolder: Dataset {
  /// A picture and its class.
  public struct Example: Sendable, Hashable {
    /// The file.
    public let path: String
    /// The position of its class in ``ImageFolder/classNames``.
    public let label: Int
  }

  /// How files are looked at before training.
  public enum Check: Sendable {
    /// Their heads are read: quick, but damage further on stops the training that meets it.
    case heads
    /// They are decoded whole.
    case pixels
  }

  /// The folder.
  public let path: String
  /// The classes, in the order of their ids.
  public let classNames: [String]
  /// The pictures, class by class.
  public let examples: [Example]
  /// Files that are no readable pictures.
  public let skipped: [SkippedFile]
  /// What is done to a picture.
  public var pipeline: ImagePipeline

  /// The pictures below `path`. With `classNames` (those of the training pictures, for a validation folder) the folders must be these.
  ///
  /// Throws a `FileError` if there are no folders of classes, if they are not those named, or if one has no readable picture.
  public init(
    _ path: String, classNames expected: [String]? = nil, pipeline: ImagePipeline, checking: Check = .pixels
  ) throws(FileError) {
    let files = try filesInFolder(path)
    var byClass: [String: [String]] = [:]
    var loose: [String] = []
    for file in files {
      let parts = file.dropFirst(path.count + 1).split(separator: "/")
      if parts.count > 1 { byClass[String(parts[0]), default: []].append(file) } else { loose.append(file) }
    }
    for name in try foldersInFolder(path) where byClass[name] == nil { byClass[name] = [] }
    guard !byClass.isEmpty else {
      throw FileError(
        file: path, problem: "there are no folders in it\(loose.isEmpty ? "" : ", only files")",
        help: "pictures are expected in one folder a class, as \(path)/cat/1.jpg")
    }
    let names = byClass.keys.sorted()
    if let expected, Set(expected) != Set(names) {
      let missing = expected.filter { byClass[$0] == nil }.map { "\"\($0)\" is missing" }
      let strange = names.filter { !expected.contains($0) }.map { "\"\($0)\" is not one of them" }
      throw FileError(
        file: path,
        problem: "the classes are not those of the training pictures: "
          + (missing + strange).joined(separator: ", "), help: "use the same folder names in both")
    }
    classNames = expected ?? names
    var examples: [Example] = []
    var skipped = loose.map {
      SkippedFile($0, FileError(file: $0, problem: "it lies beside the folders of classes, in none of them"))
    }
    for (label, name) in classNames.enumerated() {
      let before = (examples.count, skipped.count)
      for file in byClass[name] ?? [] {
        do throws(ImageError) {
          switch checking {
          case .heads: _ = try ImageHeader(contentsOf: file)
          case .pixels: _ = try Image(contentsOf: file, options: colorPictures)
          }
          examples.append(Example(path: file, label: label))
        } catch {
          skipped.append(SkippedFile(file, error))
        }
      }
      guard examples.count > before.0 else {
        let bad = skipped[before.1...].prefix(3).map(\.description)
        throw FileError(
          file: path + "/" + name,
          problem: bad.isEmpty
            ? "the class's folder is empty" : "the class has no readable picture: " + bad.joined(separator: "; "),
          help: "put PNG or JPEG files into it, or remove it")
      }
    }
    self.path = path
    self.examples = examples
    self.skipped = skipped
    self.pipeline = pipeline
  }

  /// How many pictures there are.
  public var count: Int { examples.count }

  /// The class id of every picture.
  public var labels: [Int] { examples.map(\.label) }

  /// The pictures of the given numbers, `[batch, 3, height, width]`. Throws an `ImageError` if one has become unreadable.
  public func batch(_ numbers: [Int], using generator: inout RandomGenerator) throws -> LabeledBatch {
    var inputs: [Tensor<Float>] = []
    for number in numbers {
      let image = try Image(contentsOf: examples[number].path, options: colorPictures)
      inputs.append(pipeline(image, using: &generator))
    }
    return LabeledBatch(
      inputs: Tensor(stacking: inputs), labels: Tensor(numbers.map { Int64(examples[$0].label) }))
  }
}
