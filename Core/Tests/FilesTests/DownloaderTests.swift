import D2LFiles
import D2LTestSupport
import Foundation
import Testing

@Suite struct DownloaderTests {
  typealias Answer = LoopbackServer.Answer

  let scratch: Scratch
  let content: [UInt8]
  let fingerprint: Fingerprint
  let path: String
  let downloader = Downloader(attempts: 3, firstPause: 0.01, patience: 60)

  init() throws {
    scratch = try Scratch()
    var random = SplitMix(state: 51)
    content = random.bytes(300_000)
    fingerprint = Fingerprint(size: content.count, sha256: SHA256.hex(of: content))
    path = scratch.path + "/data.bin"
  }

  /// The file is there, whole, and nothing else is.
  private func expectDone(_ location: SourceLocation = #_sourceLocation) throws {
    #expect(try contents(path) == content, sourceLocation: location)
    #expect(try scratch.names() == ["data.bin"], sourceLocation: location)
  }

  @Test func fetchesVerifiesAndReports() throws {
    let content = content
    let server = try LoopbackServer { request, _ in .file(content, request) }
    let last = Box<Downloader.Progress?>(nil)
    try downloader.download([server.url("x")], to: path, expecting: fingerprint) { last.value = $0 }
    try expectDone()
    #expect(last.value?.received == content.count && last.value?.total == content.count)
    #expect(last.value?.path == path && last.value?.url == server.url("x"))
    #expect((last.value?.rate ?? 0) > 0)
    // The second time nothing is fetched.
    try downloader.download([server.url("x")], to: path, expecting: fingerprint)
    #expect(server.requests.count == 1)
    #expect(server.requests[0].headers["accept-encoding"] == "identity")
  }

  @Test func worksWithoutBlocking() async throws {
    let content = content
    let server = try LoopbackServer { request, _ in .file(content, request) }
    try await downloader.download([server.url("x")], to: path, expecting: Fingerprint(sha1: SHA1.hex(of: content)))
    try expectDone()
  }

  @Test func resumesABrokenTransfer() throws {
    let content = content
    let server = try LoopbackServer { request, count in
      var answer = Answer.file(content, request, tag: "\"v1\"")
      if count < 2 { answer.breaksAfter = 100_000 }
      return answer
    }
    try downloader.download([server.url("x")], to: path, expecting: fingerprint)
    try expectDone()
    #expect(server.requests.map(\.rangeStart) == [nil, 100_000, 200_000])
    #expect(server.requests[1].headers["if-range"] == "\"v1\"")
  }

  @Test func aLaterCallContinuesWhatAnEarlierBegan() throws {
    let content = content
    let server = try LoopbackServer { request, count in
      var answer = Answer.file(content, request, tag: "\"v1\"")
      if count == 0 { answer.breaksAfter = 123_456 }
      return answer
    }
    let once = Downloader(attempts: 1, firstPause: 0, patience: 60)
    // Without a checksum: the server's tag vouches for the part.
    #expect(throws: FileError.self) { try once.download([server.url("x")], to: path) }
    #expect(try scratch.names() == ["data.bin.part", "data.bin.part.json"])
    try once.download([server.url("x")], to: path)
    try expectDone()
    #expect(server.requests[1].rangeStart == 123_456)
  }

  @Test func aNewVersionOnTheServerStartsAnew() throws {
    let content = content
    let old = [UInt8](repeating: 9, count: content.count)
    let server = try LoopbackServer { request, count in
      guard count == 0 else { return .file(content, request, tag: "\"v2\"") }
      var answer = Answer.file(old, request, tag: "\"v1\"")
      answer.breaksAfter = 50_000
      return answer
    }
    try downloader.download([server.url("x")], to: path)
    try expectDone()
    #expect(server.requests[1].rangeStart == 50_000)
  }

  @Test func serversWithoutRangesStartAnew() throws {
    let content = content
    let server = try LoopbackServer { _, count in
      var answer = Answer(body: content)
      if count == 0 { answer.breaksAfter = 100_000 }
      return answer
    }
    try downloader.download([server.url("x")], to: path, expecting: fingerprint)
    try expectDone()
    #expect(server.requests.count == 2)
  }

  @Test func aPartOfSomethingElseIsFetchedAnew() throws {
    let content = content
    _ = try scratch.file("data.bin.part", [UInt8](repeating: 1, count: 1000))
    let server = try LoopbackServer { request, _ in .file(content, request) }
    try downloader.download([server.url("x")], to: path, expecting: fingerprint)
    try expectDone()
    #expect(server.requests.map(\.rangeStart) == [1000, nil])
  }

  @Test func aPartThatIsTooLongOrUnknownIsDropped() throws {
    let content = content
    let server = try LoopbackServer { request, _ in .file(content, request) }
    _ = try scratch.file("data.bin.part", content + [1])
    try downloader.download([server.url("x")], to: path, expecting: fingerprint)
    try expectDone()
    unlink(path)
    _ = try scratch.file("data.bin.part", [1, 2])
    // Nothing would tell that these two bytes do not belong to the file.
    try downloader.download([server.url("x")], to: path)
    try expectDone()
    #expect(server.requests.map(\.rangeStart) == [nil, nil])
  }

  @Test func aFinishedPartNeedsNoServer() throws {
    _ = try scratch.file("data.bin.part", content)
    try downloader.download(["http://127.0.0.1:1/x"], to: path, expecting: fingerprint)
    try expectDone()
  }

  @Test func wrongRangesAreNotBelieved() throws {
    let content = content
    let server = try LoopbackServer { request, count in
      var answer = Answer.file(content, request)
      if count == 0 { answer.breaksAfter = 100_000 }
      if count == 1 { answer.headers["Content-Range"] = "bytes 90000-299999/300000" }
      return answer
    }
    try downloader.download([server.url("x")], to: path, expecting: fingerprint)
    try expectDone()
    #expect(server.requests.map(\.rangeStart) == [nil, 100_000, nil])
  }

  @Test func wrongContentIsDeletedAndBothSumsNamed() throws {
    let wrong = [UInt8](repeating: 3, count: content.count)
    let server = try LoopbackServer { request, _ in .file(wrong, request) }
    let error = fileError { try downloader.download([server.url("x")], to: path, expecting: fingerprint) }
    #expect(error.file == server.url("x"))
    #expect(error.problem.contains(SHA256.hex(of: wrong)) && error.problem.contains(SHA256.hex(of: content)))
    #expect(try scratch.names() == [])
    #expect(server.requests.count == 1)
  }

  @Test func wrongSizesAreRefusedBeforeTheyAreFetched() throws {
    let content = content
    let server = try LoopbackServer { request, _ in .file(content + [1], request) }
    let error = fileError { try downloader.download([server.url("x")], to: path, expecting: fingerprint) }
    #expect(error.problem.contains("offers 300001 bytes, expected are 300000"))
    // Of unknown length, and without end as far as the client can tell.
    let endless = try LoopbackServer { _, _ in
      let piece = Array("10000\r\n".utf8) + [UInt8](repeating: 7, count: 65_536) + [13, 10]
      return Answer(headers: ["Transfer-Encoding": "chunked"], body: (0..<20).flatMap { _ in piece })
    }
    let second = fileError { try downloader.download([endless.url("x")], to: path, expecting: fingerprint) }
    #expect(second.problem.contains("more than the expected 300000 bytes"))
  }

  @Test func refusalsSayWhatTheServerSaid() throws {
    let server = try LoopbackServer { request, _ in Answer(status: Int(request.path) ?? 0) }
    let gone = fileError { try downloader.download([server.url("404")], to: path, expecting: fingerprint) }
    #expect(gone.file == server.url("404") && gone.problem.contains("404") && gone.help?.contains("D2L_DATA") == true)
    #expect(server.requests.count == 1)
    let busy = fileError { try downloader.download([server.url("503")], to: path, expecting: fingerprint) }
    #expect(busy.problem.contains("503") && busy.problem.contains("3 attempts"))
    #expect(server.requests.count == 4)
    #expect(try scratch.names() == [])
  }

  @Test func refusedConnectionsAreTriedAgainAndNamed() throws {
    let server = try LoopbackServer { _, _ in Answer() }
    let url = server.url("x")
    server.stop()
    let error = fileError { try downloader.download([url], to: path, expecting: fingerprint) }
    #expect(
      error.file == url && error.problem.contains("refuses the connection") && error.problem.contains("3 attempts"))
    for url in ["ftp://127.0.0.1/x", "file:///etc/passwd", "", "no address"] {
      #expect(fileError { try downloader.download([url], to: path) }.problem.contains("http://"))
    }
    #expect(fileError { try downloader.download([], to: path) }.problem.contains("no address"))
  }

  @Test func stalledTransfersAreGivenUpAndResumed() throws {
    let content = content
    let server = try LoopbackServer { request, count in
      var answer = Answer.file(content, request)
      if count == 0 { answer.stallsAfter = 70_000 }
      return answer
    }
    let impatient = Downloader(attempts: 2, firstPause: 0.01, patience: 1)
    try impatient.download([server.url("x")], to: path, expecting: fingerprint)
    try expectDone()
    #expect(server.requests.map(\.rangeStart) == [nil, 70_000])
    let silent = try LoopbackServer { _, _ in Answer(body: content, stallsAfter: 0) }
    let error = fileError { try impatient.download([silent.url("x")], to: path + "2", expecting: fingerprint) }
    #expect(error.problem.contains("sent nothing for 1.0 seconds"))
  }

  @Test func redirectsAreFollowedWithTheRange() throws {
    let content = content
    let server = try LoopbackServer { request, count in
      if request.path == "old" { return Answer(status: 302, headers: ["Location": "/new"]) }
      var answer = Answer.file(content, request)
      if count == 1 { answer.breaksAfter = 100_000 }
      return answer
    }
    try downloader.download([server.url("old")], to: path, expecting: fingerprint)
    try expectDone()
    #expect(server.requests.map(\.path) == ["old", "new", "old", "new"])
    #expect(server.requests[3].rangeStart == 100_000)
  }

  @Test func mirrorsAreTriedInOrderAndContinued() throws {
    let content = content
    let first = try LoopbackServer { request, _ in
      var answer = Answer.file(content, request)
      answer.breaksAfter = 60_000
      return answer
    }
    let second = try LoopbackServer { request, _ in .file(content, request) }
    let once = Downloader(attempts: 1, firstPause: 0, patience: 60)
    try once.download([first.url("404"), second.url("x")], to: path, expecting: fingerprint)
    try expectDone()
    #expect(second.requests.map(\.rangeStart) == [60_000])
    let none = try LoopbackServer { _, _ in Answer(status: 404) }
    let error = fileError {
      try once.download([none.url("a"), none.url("b")], to: path + "2", expecting: fingerprint)
    }
    #expect(error.file == path + "2" && error.problem.contains("none of 2 addresses"))
    #expect(error.problem.contains(none.url("a")) && error.problem.contains(none.url("b")))
  }

  @Test func packedTransfersAreRefused() throws {
    let packed = try Gzip.compress(content)
    let server = try LoopbackServer { _, _ in Answer(headers: ["Content-Encoding": "gzip"], body: packed) }
    let error = fileError { try downloader.download([server.url("x")], to: path, expecting: fingerprint) }
    #expect(error.problem.contains("packed (gzip)"))
  }

  @Test func manyAtOnceFetchOnce() async throws {
    let content = content
    let path = path
    let fingerprint = fingerprint
    let downloader = downloader
    let server = try LoopbackServer { request, _ in .file(content, request) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { try await downloader.download([server.url("x")], to: path, expecting: fingerprint) }
      }
      try await group.waitForAll()
    }
    try expectDone()
    #expect(server.requests.count == 1)
  }

  @Test func cancellingKeepsThePart() async throws {
    let content = content
    let path = path
    let fingerprint = fingerprint
    let downloader = downloader
    let server = try LoopbackServer { _, _ in Answer(body: content, stallsAfter: 70_000) }
    let task = Task { try await downloader.download([server.url("x")], to: path, expecting: fingerprint) }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    try await Task.sleep(for: .milliseconds(200))
    task.cancel()
    await #expect(throws: FileError.self) { try await task.value }
    #expect(try scratch.names() == ["data.bin.part", "data.bin.part.json"])
    #expect(try contents(path + ".part") == Array(content[..<70_000]))
  }

  @Test func unwritableTargetsAreNamed() throws {
    _ = try scratch.file("file", [1])
    let server = try LoopbackServer { request, _ in .file([1], request) }
    let error = fileError { try downloader.download([server.url("x")], to: scratch.path + "/file/x") }
    #expect(error.file.hasPrefix(scratch.path) && error.problem.contains("file is where a folder should be"))
    #expect(server.requests.isEmpty)
  }
}

/// A value that a callback of another thread sets.
final class Box<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var stored: Value

  init(_ value: Value) { stored = value }

  var value: Value {
    get { lock.withLock { stored } }
    set { lock.withLock { stored = newValue } }
  }
}
