import Foundation

/// A small HTTP/1.1 server on 127.0.0.1, whose answers a test decides: good ones, broken ones, silence.
public final class LoopbackServer: @unchecked Sendable {
  /// What a client asks for.
  public struct Request: Sendable {
    /// Without the slash at its beginning.
    public var path: String
    /// Names in lower case.
    public var headers: [String: String]
    /// First byte of `Range: bytes=N-`, nil without the field.
    public var rangeStart: Int? {
      headers["range"].flatMap { $0.hasPrefix("bytes=") && $0.hasSuffix("-") ? Int($0.dropFirst(6).dropLast()) : nil }
    }
  }

  /// What it is told.
  public struct Answer: Sendable {
    /// The status line's number.
    public var status = 200
    /// Fields of the head; the body's length is added.
    public var headers: [String: String] = [:]
    /// The content.
    public var body: [UInt8] = []
    /// Bytes of the body after which the connection is closed, although more were promised.
    public var breaksAfter: Int?
    /// Bytes of the body after which nothing more is sent and the connection stays open.
    public var stallsAfter: Int?

    /// An answer by its parts.
    public init(
      status: Int = 200, headers: [String: String] = [:], body: [UInt8] = [], breaksAfter: Int? = nil,
      stallsAfter: Int? = nil
    ) {
      self.status = status
      self.headers = headers
      self.body = body
      self.breaksAfter = breaksAfter
      self.stallsAfter = stallsAfter
    }
  }

  // Guarded by `lock`.
  private var log: [Request] = []
  private var connections: [Int32] = []
  private var isStopped = false
  private let lock = NSLock()
  private let listener: Int32
  /// Where it listens.
  public let port: UInt16

  /// What has been asked so far.
  public var requests: [Request] { lock.withLock { log } }

  /// Starts a server that answers with `handler`, which gets the request and how many came before it.
  public init(_ handler: @escaping @Sendable (Request, Int) -> Answer) throws {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    listener = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = listener
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    guard bound else { throw CocoaError(.fileReadUnknown) }
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0, let self, self.admit(connection) else { return }
        Thread.detachNewThread { self.serve(connection, handler) }
      }
    }
  }

  deinit { stop() }

  /// The address of a path on it.
  public func url(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

  /// Ends it; connections are closed.
  public func stop() {
    lock.withLock {
      guard !isStopped else { return }
      isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      close(listener)
      for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  private func admit(_ connection: Int32) -> Bool {
    lock.withLock {
      guard !isStopped else {
        close(connection)
        return false
      }
      connections.append(connection)
      return true
    }
  }

  private func serve(_ connection: Int32, _ handler: (Request, Int) -> Answer) {
    defer {
      lock.withLock { connections.removeAll { $0 == connection } }
      close(connection)
    }
    guard let request = receive(connection) else { return }
    let count = lock.withLock {
      log.append(request)
      return log.count - 1
    }
    let answer = handler(request, count)
    var head = "HTTP/1.1 \(answer.status) Answer\r\nConnection: close\r\n"
    var headers = answer.headers
    if headers["Content-Length"] == nil, headers["Transfer-Encoding"] == nil {
      headers["Content-Length"] = String(answer.body.count)
    }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    let sent = answer.body.prefix(answer.breaksAfter ?? answer.stallsAfter ?? answer.body.count)
    guard send(Array((head + "\r\n").utf8) + sent, connection) else { return }
    if answer.stallsAfter != nil {
      // Until the client goes away or the server is stopped.
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
    }
  }

  private func receive(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
      var byte: UInt8 = 0
      guard bytes.count < 1 << 16, recv(connection, &byte, 1, 0) == 1 else { return nil }
      bytes.append(byte)
    }
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3, words[0] == "GET" else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    return Request(path: String(words[1].dropFirst()), headers: headers)
  }

  private func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
    var done = 0
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { sendBytes(connection, $0.baseAddress, $0.count, flags) }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}

extension LoopbackServer.Answer {
  /// What a server with ranges answers for `content`.
  public static func file(_ content: [UInt8], _ request: LoopbackServer.Request, tag: String? = nil) -> Self {
    var answer = Self()
    answer.headers["ETag"] = tag
    let isCurrent = request.headers["if-range"].map { $0 == tag } ?? true
    if let start = request.rangeStart, isCurrent {
      guard start < content.count else {
        answer.status = 416
        return answer
      }
      answer.status = 206
      answer.headers["Content-Range"] = "bytes \(start)-\(content.count - 1)/\(content.count)"
      answer.body = Array(content[start...])
    } else {
      answer.body = content
    }
    return answer
  }
}

/// The system's `send`, which the method of this name would hide.
private func sendBytes(_ socket: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
  send(socket, bytes, count, flags)
}
