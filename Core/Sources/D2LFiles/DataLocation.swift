/// Where a data set was found, complete and verified.
public struct DataLocation: Hashable, Sendable, CustomStringConvertible {
  /// Kind of the place.
  public enum Origin: String, Hashable, Sendable {
    /// `$D2L_DATA`.
    case dataFolder = "D2L_DATA"
    /// The cache, from an earlier download.
    case cache
    /// A package of the operating system.
    case system = "system folder"
    /// The cache, into which it was fetched just now.
    case download
  }

  /// The data set.
  public var dataset: RemoteDataset
  /// Folder of its files.
  public var folder: String
  /// Kind of the place.
  public var origin: Origin
  /// Places that were passed over, and why.
  public var passedOver: [FileError]

  /// Path of a file by its name in the data set. Throws if the data set has no such file.
  public func path(of name: String) throws(FileError) -> String {
    guard dataset.files.contains(where: { $0.name == name }) else {
      throw FileError(
        file: dataset.name, at: .key(name), problem: "the data set has no such file",
        help: "it has " + dataset.files.map(\.name).joined(separator: ", "))
    }
    return folder + "/" + name
  }

  /// As "Fashion-MNIST in /usr/share/datasets/fashion-mnist (system folder)".
  public var description: String { "\(dataset.title) in \(folder) (\(origin.rawValue))" }
}
