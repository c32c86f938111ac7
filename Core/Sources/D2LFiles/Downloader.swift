import Foundation

/// Fetches files over HTTP: resumes what broke, verifies what came, and gives it its name last.
///
/// Bytes go to `name.part`, which stays after a failure and is continued by the next attempt, in this process or a later
/// one, where the server supports it and still has the same file. Size and checksum are verified before the file gets its
/// name; what fails that is deleted.
///
/// ```swift
/// try Downloader().download(
///   ["http://d2l-data.s3-accelerate.amazonaws.com/ptb.zip"], to: "cache/ptb/ptb.zip",
///   expecting: Fingerprint(sha1: "319d85e578af0cdc590547f26231e4e31cdf1e42"))
/// ```
public struct Downloader: Sendable {
  /// How far a download is.
  public struct Progress: Hashable, Sendable {
    /// The path that the file gets.
    public var path: String
    /// The address it comes from.
    public var url: String
    /// Bytes there, with those of earlier attempts.
    public var received: Int
    /// Bytes of the whole, if known.
    public var total: Int?
    /// Bytes per second of this transfer.
    public var rate: Double
  }

  /// How often an address is tried before the next one.
  public var attempts: Int
  /// Seconds before the second attempt; each further pause is twice as long, up to 30 seconds.
  public var firstPause: Double
  /// Seconds without a byte after which an attempt is given up.
  public var patience: Double

  /// A downloader with the usual patience.
  public init(attempts: Int = 4, firstPause: Double = 0.5, patience: Double = 30) {
    self.attempts = max(1, attempts)
    self.firstPause = max(0, firstPause)
    self.patience = max(0.01, patience)
  }

  /// Downloads a file to `path`, waiting for it; folders are made as needed.
  ///
  /// The addresses are tried in order. If the file is already there and has the expected sum, nothing is fetched.
  /// Throws if no address gives the file, naming what went wrong with each, or if it cannot be written.
  ///
  /// - Parameters:
  ///   - urls: where it can be had.
  ///   - path: where it goes.
  ///   - fingerprint: size and sum that it must have.
  ///   - progress: called some times a second, from another thread.
  public func download(
    _ urls: [String], to path: String, expecting fingerprint: Fingerprint = Fingerprint(),
    progress: (@Sendable (Progress) -> Void)? = nil
  ) throws(FileError) {
    try run(urls, to: path, fingerprint, progress) { false }
  }

  /// The same without blocking the caller; cancelling the task ends the download, whose part stays.
  public func download(
    _ urls: [String], to path: String, expecting fingerprint: Fingerprint = Fingerprint(),
    progress: (@Sendable (Progress) -> Void)? = nil
  ) async throws(FileError) {
    let flag = CancellationFlag()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, FileError>, Never>) in
        // A thread of its own: it waits, which the threads of tasks must not.
        Thread.detachNewThread {
          do throws(FileError) {
            try run(urls, to: path, fingerprint, progress) { flag.isSet }
            continuation.resume(returning: .success(()))
          } catch {
            continuation.resume(returning: .failure(error))
          }
        }
      }
    } onCancel: {
      flag.set()
    }
    try result.get()
  }

  // MARK: Attempts

  private func run(
    _ urls: [String], to path: String, _ fingerprint: Fingerprint, _ progress: (@Sendable (Progress) -> Void)?,
    isCancelled: () -> Bool
  ) throws(FileError) {
    guard !urls.isEmpty else {
      throw FileError(file: path, problem: "no address is known to download it from", help: "get the file by hand")
    }
    if isThere(path, fingerprint) { return }
    try createFolder(parentFolder(of: path))
    let part = try PartialFile(of: path, isCancelled: isCancelled)
    if isThere(path, fingerprint) {
      // Another process finished it while this one waited.
      part.discard()
      return
    }
    var failures: [FileError] = []
    for url in urls {
      do throws(TransferFailure) {
        try fetch(url, part, fingerprint, progress, path, isCancelled)
        do throws(FileError) { try part.commit() } catch { throw .local(error) }
        return
      } catch {
        if case .local(let reason) = error { throw reason }
        failures.append(error.error)
      }
    }
    if part.count == 0 { part.discard() }
    throw summary(failures, path)
  }

  private func isThere(_ path: String, _ fingerprint: Fingerprint) -> Bool {
    guard fingerprint.hasSum, System.status(of: path)?.isRegular == true else { return false }
    return (try? fingerprint.verify(path: path)) != nil
  }

  /// Tries one address until the file is complete and verified, or the attempts are used up.
  private func fetch(
    _ url: String, _ part: PartialFile, _ fingerprint: Fingerprint, _ progress: (@Sendable (Progress) -> Void)?,
    _ path: String, _ isCancelled: () -> Bool
  ) throws(TransferFailure) {
    var pause = firstPause
    var last: TransferFailure?
    for attempt in 0..<attempts {
      if attempt > 0 {
        sleep(pause, isCancelled)
        pause = min(pause * 2, 30)
      }
      let resumed = canResume(part, url, fingerprint)
      do throws(TransferFailure) {
        if !(resumed && fingerprint.size == part.count) {
          let transfer = Transfer(url, to: part, expectedSize: fingerprint.size, canResume: resumed) {
            progress?(Progress(path: path, url: url, received: $0, total: $1, rate: $2))
          }
          try transfer.run(patience: patience, isCancelled: isCancelled)
        }
        try verify(part, url, fingerprint, resumed: resumed)
        return
      } catch {
        last = error
        switch error {
        case .passing: continue
        case .unresumable:
          do throws(FileError) { try part.restart() } catch { throw .local(error) }
        case .lasting, .local: throw error
        }
      }
    }
    throw .lasting((last?.error).map(giveUp) ?? FileError(file: url, problem: "was not tried"))
  }

  private func giveUp(_ error: FileError) -> FileError {
    var result = error
    result.problem += attempts > 1 ? " (\(attempts) attempts)" : ""
    return result
  }

  /// Whether what is there may be continued: a checksum or the server's tag would tell if it belongs to another file.
  private func canResume(_ part: PartialFile, _ url: String, _ fingerprint: Fingerprint) -> Bool {
    guard part.count > 0 else { return false }
    if let size = fingerprint.size, part.count > size { return false }
    return fingerprint.hasSum || part.origin?.url == url && part.origin?.validator != nil
  }

  private func verify(
    _ part: PartialFile, _ url: String, _ fingerprint: Fingerprint, resumed: Bool
  ) throws(TransferFailure) {
    do throws(FileError) {
      try fingerprint.verify(SourceStream(MappedFile(part.path)), name: url)
    } catch {
      var reason = error
      reason.problem += "; what came was deleted"
      reason.help = "the publisher may have changed the file, or something on the way replaces it"
      // The start may stem from an older version: once more, whole.
      if resumed { throw .unresumable(reason) }
      do throws(FileError) { try part.restart() } catch { throw .local(error) }
      throw .lasting(reason)
    }
  }

  private func sleep(_ seconds: Double, _ isCancelled: () -> Bool) {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end, !isCancelled() { Thread.sleep(forTimeInterval: min(0.05, max(0, end.timeIntervalSinceNow))) }
  }

  private func summary(_ failures: [FileError], _ path: String) -> FileError {
    guard failures.count != 1, let first = failures.first else {
      return failures.first ?? FileError(file: path, problem: "the download failed")
    }
    let reasons = failures.map { "\($0.file): \($0.problem)" }.joined(separator: "; ")
    return FileError(
      file: path, problem: "none of \(failures.count) addresses gives the file: \(reasons)", help: first.help)
  }
}

/// Says from one thread to another that the work is no longer wanted.
private final class CancellationFlag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false

  var isSet: Bool { lock.withLock { value } }

  func set() { lock.withLock { value = true } }
}
