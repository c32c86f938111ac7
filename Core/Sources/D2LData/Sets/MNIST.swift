import D2LFiles

/// MNIST (LeCun, Cortes, Burges, 1998): 60,000 + 10,000 grey images of 28×28 pixels with handwritten digits.
public enum MNIST {
  /// The classes in the order of their ids.
  public static let classNames = (0...9).map(String.init)

  /// The images to learn from (60,000) and to test on (10,000), read from where the set was found.
  public static func load(
    from location: DataLocation
  ) throws(FileError) -> (training: ImageDataset, test: ImageDataset) {
    try loadMNISTFormat(from: location, classNames: classNames)
  }
}

/// The four gzipped IDX files of MNIST and of the sets made after its pattern.
func loadMNISTFormat(
  from location: DataLocation, classNames: [String]
) throws(FileError) -> (training: ImageDataset, test: ImageDataset) {
  func load(_ part: String) throws(FileError) -> ImageDataset {
    try ImageDataset(
      idxImages: location.path(of: "\(part)-images-idx3-ubyte.gz"),
      labels: location.path(of: "\(part)-labels-idx1-ubyte.gz"), classNames: classNames)
  }
  return (try load("train"), try load("t10k"))
}
