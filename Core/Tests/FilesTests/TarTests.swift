import D2LFiles
import Foundation
import Testing

@Suite struct TarTests {
  /// A header block as ustar writes it, with its checksum, followed by the content and its padding.
  static func member(
    _ name: String, _ content: [UInt8] = [], type: Character = "0", prefix: String = "", size: String? = nil,
    gnu: Bool = false
  ) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      block.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
    }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put("0000644", at: 100)
    put(size ?? octal(content.count, 11), at: 124)
    put("00000000000", at: 136)
    put(String(type), at: 156)
    put(gnu ? "ustar  \0" : "ustar\u{0}00", at: 257)
    put(prefix, at: 345)
    put("        ", at: 148)
    put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\0 ", at: 148)
    return block + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// `bytes` with the checksum of the first header made right.
  static func summed(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    let sum = bytes[..<512].enumerated().reduce(0) { $0 + ((148..<156).contains($1.0) ? 32 : Int($1.1)) }
    let text = String(sum, radix: 8)
    result.replaceSubrange(148..<154, with: (String(repeating: "0", count: 6 - text.count) + text).utf8)
    return result
  }

  static let end = [UInt8](repeating: 0, count: 1024)

  static func pax(_ records: [(String, String)]) -> [UInt8] {
    records.flatMap { key, value -> [UInt8] in
      let body = " \(key)=\(value)\n"
      var length = body.utf8.count + 1
      while String(length).utf8.count + body.utf8.count != length { length += 1 }
      return Array((String(length) + body).utf8)
    }
  }

  static func files(_ bytes: [UInt8]) throws(FileError) -> [String: [UInt8]] {
    let archive = try TarArchive(MemoryFile(bytes, file: "t.tar"))
    var result: [String: [UInt8]] = [:]
    while let entry = try archive.next() {
      guard entry.kind == .file else { continue }
      result[entry.name] = try archive.bytes(entry.size)
    }
    return result
  }

  @Test func readsUstarPaxAndGNU() throws {
    var random = SplitMix(state: 41)
    let content = random.bytes(1300)
    let long = (0..<30).map { "folder\($0)" }.joined(separator: "/") + "/ü.txt"
    var bytes = Self.member("./a.txt", content) + Self.member("folder/", type: "5")
    bytes +=
      Self.member("b", Array("b".utf8), prefix: "some/prefix") + Self.member("link", type: "2", size: "00000005000")
    bytes += Self.member("pax", Self.pax([("path", long), ("comment", "x=y")]), type: "x") + Self.member("short", [1])
    bytes += Self.member("././@LongLink", Array((long + "2\0").utf8), type: "L", gnu: true)
    bytes += Self.member("short", [2], gnu: true) + Self.member("empty")
    let archive = try TarArchive(MemoryFile(bytes + Self.end))
    var names: [String] = []
    var kinds: [TarEntry.Kind] = []
    while let entry = try archive.next() {
      names.append(entry.name)
      kinds.append(entry.kind)
      if entry.name == "a.txt" { #expect(try archive.bytes(entry.size) == content) }
      if entry.name == long { #expect(try archive.bytes(entry.size) == [1]) }
      if entry.name == long + "2" { #expect(try archive.bytes(1) == [2]) }
    }
    #expect(names == ["a.txt", "folder/", "some/prefix/b", "link", long, long + "2", "empty"])
    #expect(kinds == [.file, .folder, .file, .other, .file, .file, .file])
    #expect(try archive.next() == nil)
  }

  @Test func sizesInPaxAndBase256() throws {
    let pax = Self.member("p", Self.pax([("size", "3")]), type: "x")
    // The plain field says 0; the extended one counts.
    var wide = Self.member("x")
    wide += [7, 8, 9] + [UInt8](repeating: 0, count: 509)
    #expect(try Self.files(pax + wide + Self.end) == ["x": [7, 8, 9]])
    var base256 = Self.member("y", [1, 2], size: "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}")
    base256[124] = 0x80
    base256 = Self.summed(base256)
    #expect(try Self.files(base256 + Self.end) == ["y": [1, 2]])
  }

  @Test(arguments: ["/etc/passwd", "../up", "a/../../b", "a/..", "..", "C:/x", "\\x"])
  func namesThatLeadOutAreRefused(name: String) {
    let plain = fileError { try Self.files(Self.member(name, [1]) + Self.end) }
    #expect(plain.place == .key(name) && plain.file == "t.tar")
    let pax = Self.member("p", Self.pax([("path", name)]), type: "x") + Self.member("a", [1]) + Self.end
    #expect(fileError { try Self.files(pax) }.place == .key(name))
  }

  @Test func damageIsNamed() throws {
    let good = Self.member("a", [UInt8](repeating: 5, count: 600)) + Self.member("b", [1]) + Self.end
    #expect(try Self.files(good).count == 2)
    var bytes = good
    bytes[0] ^= 1
    #expect(fileError { try Self.files(bytes) }.problem.contains("checksum"))
    for length in [0, 1, 511, 512, 700, 1535, 1536, 2000, 2559, 2560] {
      #expect(fileError { try Self.files(Array(good[..<length])) }.problem.contains("ends too early"), "\(length)")
    }
    #expect(try Self.files(Array(good[..<3072])).count == 2)
    #expect(fileError { try Self.files(Self.member("a", size: "77777777777") + Self.end) }.problem.contains("ends"))
    #expect(fileError { try Self.files(Self.member("a", size: "9") + Self.end) }.problem.contains("size"))
    #expect(fileError { try Self.files(Self.member("a", type: "S") + Self.end) }.problem.contains("sparse"))
    #expect(fileError { try Self.files(Self.member("a", type: "Q") + Self.end) }.problem.contains("unknown"))
    let large = Self.member("a", type: "L", size: "00077777777")
    #expect(fileError { try Self.files(large + Self.end) }.problem.contains("larger than any real one"))
    for text in ["99 path=a\n", "5 a=b\n", "x", "9 path=a", "6 pat\n", "0 a=b\n", "99999999999999999999 a=b\n"] {
      let bytes = Self.member("p", Array(text.utf8), type: "x") + Self.member("a") + Self.end
      #expect(fileError { try Self.files(bytes) }.problem.contains("extended header is damaged"), "\(text)")
    }
  }

  @Test func manyAttributesForAllMembersTakeNoLongTime() throws {
    // Copied for every member, as an earlier version did, these take minutes.
    let attributes = Self.pax((0..<60_000).map { ("key\($0)", "") })
    let members = (0..<4_000).flatMap { Self.member("m\($0)") }
    let start = ContinuousClock.now
    #expect(try Self.files(Self.member("g", attributes, type: "g") + members + Self.end).count == 4_000)
    #expect(ContinuousClock.now - start < .seconds(2))
    let sparse = Self.member("g", Self.pax([("GNU.sparse.major", "1")]), type: "g") + Self.member("a") + Self.end
    #expect(fileError { try Self.files(sparse) }.problem.contains("sparse"))
  }

  @Test func packedArchivesAreRecognisedAndCheckedToTheEnd() throws {
    var random = SplitMix(state: 42)
    let members = (0..<20).map { ("m\($0)", random.text($0 * 333)) }
    let tar = members.flatMap { Self.member($0.0, $0.1) } + Self.end
    var packed = try Gzip.compress(tar)
    let expected = Dictionary(uniqueKeysWithValues: members)
    #expect(try Self.files(tar) == expected)
    #expect(try Self.files(packed) == expected)
    let limited = try TarArchive(MemoryFile(packed), limit: 10_000)
    let error = fileError {
      while try limited.next() != nil {}; return "all of it"
    }
    #expect(error.problem.contains("limit of 10000"))
    packed[packed.count - 5] ^= 1
    #expect(fileError { try Self.files(packed) }.problem.contains("CRC-32"))
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tar"), "no tar here"),
    arguments: [
      "ustar", "pax", "gnu", "v7",
    ])
  func readsWhatTheToolWrites(format: String) throws {
    let scratch = try Scratch()
    try createFolder(scratch.path + "/in/sub")
    var random = SplitMix(state: 43)
    var expected: [String: [UInt8]] = [:]
    let longName = format == "v7" || format == "ustar" ? "plain" : String(repeating: "long", count: 50)
    for name in ["a", "sub/b", "sub/" + longName] {
      expected["in/" + name] = random.bytes(Int.random(in: 0...2000, using: &random))
      _ = try scratch.file("in/" + name, expected["in/" + name] ?? [])
    }
    #expect(symlink("a", scratch.path + "/in/link") == 0)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/tar")
    process.arguments = ["-C", scratch.path, "--format", format, "-czf", scratch.path + "/t.tar.gz", "in"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try Self.files(contents(scratch.path + "/t.tar.gz")) == expected)
  }

  @Test func mutationsGiveAValueOrAFileError() throws {
    var random = SplitMix(state: 44)
    let seed =
      Self.member("p", Self.pax([("path", "q/r"), ("size", "5")]), type: "x") + Self.member("a", [1, 2, 3, 4, 5])
      + Self.member("n", Array("long\0".utf8), type: "L") + Self.member("b", random.bytes(20)) + Self.end
    let packed = try Gzip.compress(seed)
    var read = 0
    for round in 0..<12_000 {
      let whole = round % 4 == 3 ? packed : seed
      var mutated = round % 2 == 0 ? random.mutated(whole) : random.touched(whole)
      if round % 3 == 0, mutated.count >= 512 {
        // A checksum made right again lets the mutation through to what lies behind it.
        mutated = Self.summed(mutated)
      }
      do throws(FileError) {
        _ = try Self.files(mutated)
        read += 1
      } catch {
        #expect(!error.problem.isEmpty)
      }
    }
    #expect(read > 500 && read < 9_000)
  }

  @Test(.enabled(if: realData != nil, needsRealData)) func realArchive() throws {
    let archive = try TarArchive(path: try #require(realData) + "/aclImdb/aclImdb_v1_labelled.tar.gz")
    var reviews = 0
    while let entry = try archive.next() {
      if entry.kind == .file, entry.name.contains("/pos/") || entry.name.contains("/neg/") { reviews += 1 }
    }
    #expect(reviews == 50_000)
  }
}
