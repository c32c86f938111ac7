import D2LCore

/// CIFAR-10 (Krizhevsky, 2009): 50,000 + 10,000 color images of 32×32 pixels in ten classes.
public enum CIFAR10 {
  /// The classes in the order of their ids.
  public static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// The images to learn from and to test on, in the folder of the binary version: `data_batch_1.bin` to `data_batch_5.bin`, `test_batch.bin`.
  ///
  /// Throws a `FileError` if a file is missing or damaged.
  public static func load(
    binaryFolder path: String
  ) throws(FileError) -> (training: ImageDataset, test: ImageDataset) {
    let training = try read(binary: (1...5).map { "\(path)/data_batch_\($0).bin" })
    return (training, try read(binary: ["\(path)/test_batch.bin"]))
  }

  /// The images in files of the binary version: for each image a byte with its class, then 1024 bytes of red, of green and of blue, row by row.
  ///
  /// Throws a `FileError` if a file cannot be read, ends within an image, or names a class beyond the ten.
  public static func read(binary paths: [String]) throws(FileError) -> ImageDataset {
    let (side, area) = (32, 3 * 32 * 32)
    var labels: [Int64] = []
    var pixels: [UInt8] = []
    for path in paths {
      let file = try MappedFile(path)
      guard file.count > 0 && file.count % (area + 1) == 0 else {
        throw FileError(
          file: path, problem: "\(file.count) bytes are not a whole number of images of \(area + 1) bytes",
          help: "the file is truncated, or is not of CIFAR-10's binary version")
      }
      var reader = ByteReader(file)
      for number in 0..<file.count / (area + 1) {
        let image = try reader.bytes(area + 1)
        guard Int(image[0]) < classNames.count else {
          throw FileError(
            file: path, at: .byte(number * (area + 1)), problem: "image \(number) has class \(image[0]) of 10",
            help: "the file is damaged, or is not of CIFAR-10's binary version")
        }
        labels.append(Int64(image[0]))
        pixels += image[1...]
      }
    }
    return ImageDataset(
      images: Tensor(shape: [labels.count, 3, side, side], values: pixels), labels: Tensor(labels),
      classNames: classNames)
  }

  /// The images in a folder with one folder a class, as PNG or JPEG files of 32×32 pixels.
  ///
  /// Throws a `FileError` if classes are missing. Files that cannot be read or have another size are left out and listed.
  public static func load(
    imageFolder path: String
  ) throws -> (images: ImageDataset, skipped: [SkippedFile]) {
    let folder = try ImageFolder(path, classNames: classNames, pipeline: ImagePipeline([]), checking: .heads)
    return try ImageDataset.read(folder, width: 32, height: 32)
  }
}

extension ImageDataset {
  /// All pictures of a folder in memory; they must have the given size, to which nothing is resized.
  static func read(
    _ folder: ImageFolder, width: Int, height: Int
  ) throws -> (images: ImageDataset, skipped: [SkippedFile]) {
    var skipped = folder.skipped
    var planes: [Tensor<UInt8>] = []
    var labels: [Int64] = []
    for example in folder.examples {
      do throws(ImageError) {
        let image = try Image(contentsOf: example.path, options: colorPictures)
        guard image.width == width && image.height == height else {
          throw ImageError(
            .unsupported, file: example.path,
            problem: "it has \(image.width) x \(image.height) pixels, not \(width) x \(height)")
        }
        planes.append(Tensor<UInt8>(image).permuted(2, 0, 1).contiguous())
        labels.append(Int64(example.label))
      } catch {
        skipped.append(SkippedFile(example.path, error))
      }
    }
    guard !planes.isEmpty else {
      throw FileError(file: folder.path, problem: "none of its \(skipped.count) files is a picture of the right size")
    }
    let images = ImageDataset(
      images: Tensor(stacking: planes), labels: Tensor(labels), classNames: folder.classNames)
    return (images, skipped)
  }
}
