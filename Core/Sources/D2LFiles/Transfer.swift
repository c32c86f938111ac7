import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Why a transfer did not end well, and what that means for the next attempt.
enum TransferFailure: Error {
  /// The same address may work in a moment.
  case passing(FileError)
  /// What is there cannot be continued; from the start it may work.
  case unresumable(FileError)
  /// This address will not work; another may.
  case lasting(FileError)
  /// No address will work: the disk is full, say.
  case local(FileError)

  var error: FileError {
    switch self {
    case .passing(let error), .unresumable(let error), .lasting(let error), .local(let error): error
    }
  }
}

/// One request of one address, whose body is appended to a partial file.
///
/// The session calls back on its own queue while `run` waits; `condition` guards everything that both touch.
final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  private let url: String
  private let part: PartialFile
  private let expectedSize: Int?
  private let resumesAt: Int
  private let report: @Sendable (_ received: Int, _ total: Int?, _ rate: Double) -> Void

  /// A serial queue gets a thread even while every thread of the shared pool waits, as the caller of `run` does. It is
  /// one for all transfers because an operation queue does not keep it alive.
  private static let queue = DispatchQueue(label: "d2l.download")

  private let condition = NSCondition()
  private var failure: TransferFailure?
  private var isComplete = false
  private var lastActivity = Date()

  // Touched by the session's queue alone.
  private let begun = Date()
  private var total: Int?
  private var lastReport = Date.distantPast

  init(
    _ url: String, to part: PartialFile, expectedSize: Int?, canResume: Bool,
    report: @escaping @Sendable (Int, Int?, Double) -> Void
  ) {
    self.url = url
    self.part = part
    self.expectedSize = expectedSize
    self.report = report
    resumesAt = canResume ? part.count : 0
  }

  /// Runs the transfer to its end. Nothing arriving for `patience` seconds ends it too.
  func run(patience: Double, isCancelled: () -> Bool) throws(TransferFailure) {
    guard let address = URL(string: url), let scheme = address.scheme?.lowercased(), ["http", "https"].contains(scheme)
    else {
      throw .lasting(FileError(file: url, problem: "not an address that begins with http:// or https://"))
    }
    if resumesAt == 0, part.count > 0 {
      do throws(FileError) { try part.restart() } catch { throw .local(error) }
    }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.urlCache = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    configuration.timeoutIntervalForRequest = patience + 10
    let callbacks = OperationQueue()
    callbacks.maxConcurrentOperationCount = 1
    callbacks.underlyingQueue = Self.queue
    let session = URLSession(configuration: configuration, delegate: self, delegateQueue: callbacks)
    defer { session.invalidateAndCancel() }
    let task = session.dataTask(with: request(for: address))
    task.resume()
    try wait(for: task, patience: patience, isCancelled: isCancelled)
  }

  private func request(for address: URL) -> URLRequest {
    var request = URLRequest(url: address)
    // A transfer that is packed on the way would change sizes and offsets.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if resumesAt > 0 {
      request.setValue("bytes=\(resumesAt)-", forHTTPHeaderField: "Range")
      if part.origin?.url == url, let validator = part.origin?.validator {
        request.setValue(validator, forHTTPHeaderField: "If-Range")
      }
    }
    return request
  }

  private func wait(
    for task: URLSessionDataTask, patience: Double, isCancelled: () -> Bool
  ) throws(TransferFailure) {
    condition.lock()
    defer { condition.unlock() }
    var deadline = Date.distantFuture
    // Once it has failed nothing is written any more, so a session that does not confirm its end need not be waited for.
    while !isComplete, Date() < deadline {
      _ = condition.wait(until: Date().addingTimeInterval(min(0.1, patience / 4)))
      guard !isComplete, failure == nil else {
        deadline = min(deadline, Date().addingTimeInterval(5))
        continue
      }
      if isCancelled() {
        failure = .local(FileError(file: url, problem: "the download was cancelled"))
        task.cancel()
      } else if Date().timeIntervalSince(lastActivity) > patience {
        failure = .passing(
          FileError(
            file: url, problem: "the server sent nothing for \(patience) seconds",
            help: "try again later; what has arrived is kept"))
        task.cancel()
      }
    }
    if let failure { throw failure }
  }

  /// Ends the transfer with the first failure.
  private func fail(_ reason: TransferFailure) {
    condition.lock()
    if failure == nil { failure = reason }
    condition.unlock()
  }

  // MARK: Callbacks

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    var request = newRequest
    // Some systems drop these on the way.
    for field in ["Range", "If-Range", "Accept-Encoding"] {
      request.setValue(task.originalRequest?.value(forHTTPHeaderField: field), forHTTPHeaderField: field)
    }
    completionHandler(request)
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    condition.lock()
    lastActivity = Date()
    condition.unlock()
    do throws(TransferFailure) {
      try accept(response)
      completionHandler(.allow)
    } catch {
      fail(error)
      completionHandler(.cancel)
    }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    condition.lock()
    lastActivity = Date()
    let isFailed = failure != nil
    condition.unlock()
    guard !isFailed else { return }
    do throws(TransferFailure) { try take(data) } catch {
      fail(error)
      dataTask.cancel()
    }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    if let error {
      fail(Self.failure(url, error))
    } else if let total, part.count != total {
      fail(
        .passing(
          FileError(file: url, problem: "the connection closed after \(part.count) of \(total) bytes")))
    } else {
      report(part.count, total, rate)
    }
    condition.lock()
    isComplete = true
    condition.signal()
    condition.unlock()
  }

  // MARK: Response and body

  private func accept(_ response: URLResponse) throws(TransferFailure) {
    guard let response = response as? HTTPURLResponse else {
      throw .lasting(FileError(file: url, problem: "the server does not speak HTTP"))
    }
    let status = response.statusCode
    if let packing = response.value(forHTTPHeaderField: "Content-Encoding"), packing.lowercased() != "identity" {
      throw .lasting(
        FileError(file: url, problem: "the server sends the file packed (\(packing)), which would change its bytes"))
    }
    switch status {
    case 200:
      if part.count > 0 { try local { () throws(FileError) in try part.restart() } }
      total = response.value(forHTTPHeaderField: "Content-Length").flatMap { Int($0) }
    case 206:
      total = try resumedTotal(response)
    case 416:
      throw .unresumable(FileError(file: url, problem: "the server's file is shorter than the part already here"))
    default:
      throw Self.refusal(url, status)
    }
    if let total, let expectedSize, total != expectedSize {
      throw .lasting(
        FileError(
          file: url, problem: "the server offers \(total) bytes, expected are \(expectedSize)",
          help: "the publisher may have changed the file; fetch it by hand if you trust the new one"))
    }
    let tag = response.value(forHTTPHeaderField: "ETag")
    // A weak tag promises the same meaning, not the same bytes.
    let strong = tag?.hasPrefix("W/") == true ? nil : tag
    part.origin = PartialFile.Origin(
      url: url, validator: strong ?? response.value(forHTTPHeaderField: "Last-Modified"), total: total)
  }

  /// Size of the whole file from `Content-Range: bytes 100-999/1000` (RFC 9110, section 14.4).
  private func resumedTotal(_ response: HTTPURLResponse) throws(TransferFailure) -> Int? {
    let field = response.value(forHTTPHeaderField: "Content-Range") ?? ""
    let parts = field.split { " -/".contains($0) }
    guard parts.count == 4, parts[0] == "bytes", Int(parts[1]) == part.count, part.count > 0 else {
      throw .unresumable(
        FileError(file: url, problem: "the server continues elsewhere than asked (\"\(printable(field, limit: 80))\")"))
    }
    let total = Int(parts[3])
    if let before = part.origin?.total, let total, before != total {
      throw .unresumable(FileError(file: url, problem: "the file on the server changed its size during the download"))
    }
    return total
  }

  private func take(_ data: Data) throws(TransferFailure) {
    if let limit = expectedSize ?? total, data.count > limit - part.count {
      throw .lasting(FileError(file: url, problem: "the server sends more than the expected \(limit) bytes"))
    }
    for region in data.regions {
      let written = region.withUnsafeBytes { bytes -> Result<Void, FileError> in
        do throws(FileError) { return .success(try part.append(bytes)) } catch { return .failure(error) }
      }
      try local { () throws(FileError) in try written.get() }
    }
    guard Date().timeIntervalSince(lastReport) > 0.1 else { return }
    lastReport = Date()
    report(part.count, total ?? expectedSize, rate)
  }

  private var rate: Double { Double(part.count - resumesAt) / max(Date().timeIntervalSince(begun), 1e-6) }

  private func local(_ body: () throws(FileError) -> Void) throws(TransferFailure) {
    do throws(FileError) { try body() } catch { throw .local(error) }
  }

  // MARK: Failures

  private static func refusal(_ url: String, _ status: Int) -> TransferFailure {
    let name = HTTPURLResponse.localizedString(forStatusCode: status)
    var error = FileError(file: url, problem: "the server answers \(status) (\(name))")
    switch status {
    case 408, 425, 429, 500...599:
      error.help = "try again later"
      return .passing(error)
    case 404, 410: error.help = "the file is no longer there; get it elsewhere and put it into $D2L_DATA"
    case 401, 403: error.help = "the server wants a login or refuses; get the file by hand"
    default: break
    }
    return .lasting(error)
  }

  private static func failure(_ url: String, _ error: any Error) -> TransferFailure {
    let code = (error as? URLError)?.code
    var result = FileError(file: url, problem: "the transfer failed: \(error.localizedDescription)")
    switch code {
    case .cannotFindHost, .dnsLookupFailed:
      result.problem = "the server's name cannot be resolved"
      result.help = "check the network connection"
    case .cannotConnectToHost:
      result.problem = "the server refuses the connection or cannot be reached"
      result.help = "check the network connection and the address"
    case .networkConnectionLost: result.problem = "the connection broke"
    case .timedOut: result.problem = "the server does not answer"
    case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasUnknownRoot,
      .serverCertificateHasBadDate, .serverCertificateNotYetValid:
      result.problem = "the server's certificate is not trusted"
      result.help = "check the system's clock and its certificates (package ca-certificates)"
      return .lasting(result)
    case .unsupportedURL, .badURL: return .lasting(result)
    default: break
    }
    return .passing(result)
  }
}
