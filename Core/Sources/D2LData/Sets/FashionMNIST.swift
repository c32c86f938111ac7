import D2LFiles

/// Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017; book 3.5): 60,000 + 10,000 grey images of 28×28 pixels in ten classes of clothing.
public enum FashionMNIST {
  /// The classes in the order of their ids.
  public static let classNames = [
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]

  /// The images to learn from (60,000) and to test on (10,000), read from where the set was found.
  public static func load(
    from location: DataLocation
  ) throws(FileError) -> (training: ImageDataset, test: ImageDataset) {
    try loadMNISTFormat(from: location, classNames: classNames)
  }
}
