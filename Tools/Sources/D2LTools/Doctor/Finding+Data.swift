import D2LCore

extension Finding {
  /// The places for data, and each data set of the book.
  static func data(_ cache: DataCache) -> [Finding] {
    let environment = cache.environment
    let folder =
      environment.dataFolder.map { Finding(.ok, "D2L_DATA", $0) }
      ?? Finding(.absent, "D2L_DATA", "not set; it can name a folder of data sets that you keep")
    return [folder, Finding(.ok, "data cache", environment.cacheFolder)]
      + RemoteDataset.all.map { state(of: $0, cache) }
  }

  private static func state(of dataset: RemoteDataset, _ cache: DataCache) -> Finding {
    let topic = "data: \(dataset.name)"
    do throws(FileError) {
      guard let location = try cache.locate(dataset) else { return missing(dataset, topic, cache) }
      let text = "\(location.folder) (\(location.origin.rawValue))"
      guard let passedOver = location.passedOver.first else { return Finding(.ok, topic, text) }
      return Finding(.warn, topic, text, advice: "passed over \(passedOver.file): \(passedOver.problem)")
    } catch {
      return Finding(.warn, topic, "\(error.file): \(error.problem)", advice: error.help)
    }
  }

  /// A set that is nowhere whole: no fault, unless parts of it lie about.
  private static func missing(_ dataset: RemoteDataset, _ topic: String, _ cache: DataCache) -> Finding {
    let absent = "not on this machine; fetched when a section needs it"
    for finding in cache.findings(for: dataset) {
      guard case .damaged(let error) = finding.state else { continue }
      return Finding(
        .warn, topic, "\(error.file): \(error.problem)", advice: "remove this file; it is fetched again when needed")
    }
    return Finding(.absent, topic, absent, advice: nil)
  }
}
