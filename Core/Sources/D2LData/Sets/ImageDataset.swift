import D2LFiles
import D2LTensor

/// Images of one size with class ids, kept as bytes; batches are floats `[batch, channels, height, width]` on 0 ... 1.
public struct ImageDataset: Dataset {
  /// The pixels, `[count, channels, height, width]`.
  public let images: Tensor<UInt8>
  /// The class ids, `[count]`.
  public let labels: Tensor<Int64>
  /// The names of the classes; an id is a position here.
  public let classNames: [String]

  /// Images `[count, height, width]` or `[count, channels, height, width]` with labels `[count]` below the number of names.
  public init(images: Tensor<UInt8>, labels: Tensor<Int64>, classNames: [String]) {
    let images = images.rank == 3 ? images.unsqueezed(axis: 1) : images
    require(
      images.rank == 4 && labels.shape == [images.shape[0]], "ImageDataset",
      "images \(images.shape), labels \(labels.shape)")
    self.images = images.contiguous()
    self.labels = labels
    self.classNames = classNames
  }

  /// How many examples there are.
  public var count: Int { labels.count }

  /// The examples of the given numbers.
  public func batch(_ numbers: [Int], using generator: inout RandomGenerator) -> LabeledBatch {
    let index = Tensor<Int64>(numbers.map { Int64($0) })
    let pixels = images.taking(index).converted(to: Float.self)
    return LabeledBatch(inputs: pixels / 255, labels: labels.taking(index))
  }

  /// The first `limit` examples.
  public func prefix(_ limit: Int) -> ImageDataset {
    guard limit < count else { return self }
    return ImageDataset(images: images[0..<limit], labels: labels[0..<limit], classNames: classNames)
  }
}

extension ImageDataset {
  /// Images and labels in a pair of IDX files, gzipped or plain. Throws a `FileError` where a file is damaged, the counts differ or a label names
  /// no class.
  public init(idxImages imagePath: String, labels labelPath: String, classNames: [String]) throws(FileError) {
    let images = try IDX.read(path: imagePath, rank: 3)
    let labels = try IDX.read(path: labelPath, rank: 1)
    guard images.shape[0] == labels.count else {
      throw FileError(
        file: labelPath, problem: "\(labels.count) labels for the \(images.shape[0]) images of \(imagePath)",
        help: "the two files do not belong together")
    }
    if let place = labels.values.firstIndex(where: { Int($0) >= classNames.count }) {
      throw FileError(
        file: labelPath, at: .byte(8 + place),
        problem: "label \(labels.values[place]) of example \(place), but there are only \(classNames.count) classes",
        help: "the file is damaged or belongs to another dataset")
    }
    self.init(images: images, labels: labels.converted(to: Int64.self), classNames: classNames)
  }
}
