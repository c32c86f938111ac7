/// Finds data sets on this machine and fetches those that are missing.
///
/// The places are, in this order: `$D2L_DATA/<name>`; the cache (``DataEnvironment/cacheFolder``); folders of the operating
/// system's packages; the publisher's server. Every file is verified wherever it lies.
///
/// ```swift
/// let location = try DataCache().fetch(.fashionMNIST)
/// let labels = try Gzip.decompress(path: location.path(of: "train-labels-idx1-ubyte.gz"))
/// ```
public struct DataCache: Sendable {
  /// What was seen of a file in a place.
  public struct Finding: Hashable, Sendable {
    /// State of a file.
    public enum State: Hashable, Sendable {
      /// There, and what it should be.
      case sound(DataFile.Match)
      /// Not there.
      case missing
      /// There, but not what it should be.
      case damaged(FileError)
    }

    /// Kind of the place.
    public var origin: DataLocation.Origin
    /// Folder of the data set in this place.
    public var folder: String
    /// Name of the file.
    public var file: String
    /// State of the file.
    public var state: State
  }

  /// Surroundings that decide about the places.
  public var environment: DataEnvironment
  /// Fetches what is missing.
  public var downloader: Downloader

  /// A cache in the given surroundings.
  public init(environment: DataEnvironment = .process, downloader: Downloader = Downloader()) {
    self.environment = environment
    self.downloader = downloader
  }

  /// The folder that a fetched data set gets.
  public func folder(of dataset: RemoteDataset) -> String { environment.cacheFolder + "/" + dataset.name }

  /// Verifies every file of a data set in every place and says what was seen.
  public func findings(for dataset: RemoteDataset) -> [Finding] {
    places(for: dataset).flatMap { findings(for: dataset, in: $0.folder, $0.origin) }
  }

  /// Where the data set lies, complete and verified; nil if it would have to be fetched.
  ///
  /// Throws if a file in `$D2L_DATA` is damaged: the user chose that place, so nothing else is used in its stead. Other
  /// places with damaged or missing files are passed over, and the result tells which.
  public func locate(_ dataset: RemoteDataset) throws(FileError) -> DataLocation? {
    try search(dataset).location
  }

  /// Where the data set lies, after it was fetched into the cache if need be.
  ///
  /// Throws if `$D2L_DATA` has a damaged file, or if a file can be neither found nor fetched.
  public func fetch(
    _ dataset: RemoteDataset, progress: (@Sendable (Downloader.Progress) -> Void)? = nil
  ) throws(FileError) -> DataLocation {
    let (found, passedOver) = try search(dataset)
    if let found { return found }
    let folder = folder(of: dataset)
    for file in dataset.files {
      let path = folder + "/" + file.name
      if case .sound = state(of: file, path) { continue }
      do throws(FileError) {
        try downloader.download(file.urls, to: path, expecting: file.published, progress: progress)
      } catch {
        throw unavailable(dataset, error, passedOver)
      }
    }
    return DataLocation(dataset: dataset, folder: folder, origin: .download, passedOver: passedOver)
  }

  // MARK: Places

  private func places(for dataset: RemoteDataset) -> [(origin: DataLocation.Origin, folder: String)] {
    var places: [(origin: DataLocation.Origin, folder: String)] = []
    if let folder = environment.dataFolder { places.append((.dataFolder, folder + "/" + dataset.name)) }
    places.append((.cache, folder(of: dataset)))
    places += dataset.systemFolders.map { (.system, $0) }
    return places
  }

  private func state(of file: DataFile, _ path: String) -> Finding.State {
    guard System.status(of: path) != nil else { return .missing }
    do throws(FileError) { return .sound(try file.verify(path: path)) } catch { return .damaged(error) }
  }

  private func findings(
    for dataset: RemoteDataset, in folder: String, _ origin: DataLocation.Origin
  ) -> [Finding] {
    dataset.files.map { file in
      Finding(origin: origin, folder: folder, file: file.name, state: state(of: file, folder + "/" + file.name))
    }
  }

  private func search(
    _ dataset: RemoteDataset
  ) throws(FileError) -> (location: DataLocation?, passedOver: [FileError]) {
    var passedOver: [FileError] = []
    for (origin, folder) in places(for: dataset) {
      let findings = findings(for: dataset, in: folder, origin)
      let missing = findings.filter { $0.state == .missing }
      var damaged: [FileError] = []
      for case .damaged(let error) in findings.map(\.state) { damaged.append(error) }
      if missing.isEmpty, damaged.isEmpty {
        return (DataLocation(dataset: dataset, folder: folder, origin: origin, passedOver: passedOver), passedOver)
      }
      if origin == .dataFolder, var error = damaged.first {
        error.help = "replace or remove this file, or unset D2L_DATA"
        throw error
      }
      passedOver += damaged
      // A place where nothing at all lies is no news, except where the user said that it would.
      if missing.count < findings.count || origin == .dataFolder {
        passedOver += missing.map { FileError(file: folder + "/" + $0.file, problem: "the file is missing") }
      }
    }
    return (nil, passedOver)
  }

  private func unavailable(_ dataset: RemoteDataset, _ error: FileError, _ passedOver: [FileError]) -> FileError {
    var result = error
    result.problem = "\(dataset.title) is not on this machine and cannot be fetched: \(error.problem)"
    let own =
      environment.dataFolder.map { "\($0)/\(dataset.name)" } ?? "$D2L_DATA/\(dataset.name) (D2L_DATA is not set)"
    var ways = ["put its files into \(own)"]
    if let help = error.help { ways.insert(help, at: 0) }
    if let hint = dataset.hint { ways.append(hint) }
    result.help = ways.joined(separator: "; or ")
    if let first = passedOver.first { result.problem += " (passed over: \(first.file): \(first.problem))" }
    return result
  }
}
