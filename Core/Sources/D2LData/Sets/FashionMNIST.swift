import D2LFiles
import Foundation

/// Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017; book 3.5): 60,000 + 10,000 grey images of 28×28 pixels in ten classes of clothing.
public enum FashionMNIST {
  /// The classes in the order of their ids.
  public static let classNames = [
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]

  /// The four files in one folder.
  public struct Files: Sendable {
    /// Where they are.
    public let folder: String

    /// The 60,000 images to learn from.
    public func training() throws(FileError) -> ImageDataset { try load("train") }
    /// The 10,000 images to test on.
    public func test() throws(FileError) -> ImageDataset { try load("t10k") }

    private func load(_ part: String) throws(FileError) -> ImageDataset {
      try ImageDataset(
        idxImages: "\(folder)/\(part)-images-idx3-ubyte.gz", labels: "\(folder)/\(part)-labels-idx1-ubyte.gz",
        classNames: classNames)
    }
  }

  public static func find() throws(FileError) -> Files? {
    guard let data = ProcessInfo.processInfo.environment["D2L_DATA"] else { return nil }
    return Files(folder: data + "/fashion-mnist")
  }

  public static func obtain() throws(FileError) -> Files {
    try find() ?? Files(folder: "/usr/share/datasets/fashion-mnist")
  }
}
