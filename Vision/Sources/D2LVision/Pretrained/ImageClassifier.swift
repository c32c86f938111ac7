import D2LCore

/// A trained network that says what is on pictures.
///
/// ```swift
/// let classifier = try ImageClassifier("resnet50", weights: "resnet50-11ad3fa6.pth")
/// for guess in try classifier.classify(contentsOf: "photo.jpg") { print(guess) }  // tabby 0.913 …
/// ```
public final class ImageClassifier {
  /// A class with how likely the network finds it.
  public struct Prediction: Sendable, Hashable, CustomStringConvertible {
    /// The number of the class.
    public let label: Int
    /// The name of the class.
    public let name: String
    /// Between 0 and 1; all classes together have 1.
    public let probability: Double

    /// Name and probability.
    public var description: String {
      let thousandths = Int((probability * 1000).rounded())
      let digits = String(thousandths % 1000)
      return "\(name) \(thousandths / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
    }
  }

  /// The network, in evaluation mode.
  public let model: any Layer
  /// What is done to a picture before the network sees it.
  public let preprocessing: ImagePreprocessing
  /// The names of the classes in the order of the network's outputs.
  public let classNames: [String]

  /// A classifier from its parts. The network is put into evaluation mode.
  public init(_ model: any Layer, preprocessing: ImagePreprocessing, classNames: [String]) {
    self.model = model
    self.preprocessing = preprocessing
    self.classNames = classNames
    model.eval()
  }

  /// The network called `name` with weights from a file.
  ///
  /// Classes and preprocessing are those that the file itself names (``FinetunedWeights``), else those under which a file of this name was published,
  /// else ImageNet's. Throws as ``VisionModel/load(_:strippingPrefixes:)`` does, and if names are given that are not as many as the network has
  /// classes.
  public convenience init(
    _ name: String, weights path: String, classNames: [String]? = nil, preprocessing: ImagePreprocessing? = nil
  ) throws {
    let kind = try VisionModel.named(name)
    let loaded = try kind.load(path)
    if let classNames, classNames.count != loaded.classes {
      throw FileError(
        file: path, problem: "the network has \(loaded.classes) classes, but \(classNames.count) names are given")
    }
    let described = FinetunedWeights(metadata: loaded.metadata, classes: loaded.classes)
    let file = path.split(separator: "/").last.map(String.init)
    let published = kind.published.first { $0.file == file }
    self.init(
      loaded.model,
      preprocessing: preprocessing ?? described?.preprocessing ?? published?.preprocessing
        ?? .imageNet(crop: kind.input[1]),
      classNames: classNames ?? described?.classNames ?? ImageClassifier.names(count: loaded.classes))
  }

  private static func names(count: Int) -> [String] {
    count == ImageNet.classNames.count ? ImageNet.classNames : (0..<count).map { "class \($0)" }
  }

  /// The probabilities of all classes, `[pictures, classes]`, for inputs `[pictures, 3, height, width]` as ``preprocessing`` makes them.
  public func probabilities(_ inputs: Tensor<Float>) -> Tensor<Float> {
    withoutGradient { model(inputs).softmax(axis: 1) }
  }

  /// The `top` likeliest classes of each picture, the likeliest first.
  public func classify(_ images: [Image], top: Int = 5) -> [[Prediction]] {
    images.isEmpty ? [] : classify(Tensor(stacking: images.map { preprocessing($0) }), top: top)
  }

  /// The same for inputs as ``preprocessing`` makes them.
  public func classify(_ inputs: Tensor<Float>, top: Int = 5) -> [[Prediction]] {
    let rows = probabilities(inputs)
    let (values, width) = (rows.values, classNames.count)
    require(rows.shape[1] == width, "ImageClassifier", "\(width) names for scores \(rows.shape)")
    return (0..<rows.shape[0]).map { row in
      let scores = values[row * width..<(row + 1) * width]
      let best = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(top)
      return best.map { place in
        let label = place - scores.startIndex
        return Prediction(label: label, name: classNames[label], probability: Double(scores[place]))
      }
    }
  }

  /// The `top` likeliest classes of the picture in a PNG or JPEG file. Throws an `ImageError` if it is none.
  public func classify(contentsOf path: String, top: Int = 5) throws(ImageError) -> [Prediction] {
    classify([try Image(contentsOf: path, options: colorPictures)], top: top)[0]
  }
}

/// The names of classes in a text file, one in a line; empty lines at the end are left out.
///
/// Throws a `FileError` if it cannot be read, has an empty line in the middle, or has not as many names as `count` says.
public func classNames(inFile path: String, count: Int? = nil) throws(FileError) -> [String] {
  let file = try MappedFile(path)
  var reader = ByteReader(file)
  guard let text = String(validating: try reader.bytes(file.count), as: UTF8.self) else {
    throw FileError(
      file: path, problem: "it is not text in UTF-8", help: "names of classes are expected, one in a line")
  }
  // Windows' end of a line is one character.
  var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
  while lines.last?.isEmpty == true { lines.removeLast() }
  if let empty = lines.firstIndex(where: { $0.isEmpty }) {
    throw FileError(file: path, at: .line(empty + 1), problem: "the line is empty", help: "every line names a class")
  }
  if let count, lines.count != count {
    throw FileError(
      file: path, problem: "\(lines.count) names, but the network has \(count) classes",
      help: "one name in a line, in the order of the network's outputs")
  }
  return lines
}
