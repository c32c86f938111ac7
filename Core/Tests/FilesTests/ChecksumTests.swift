import D2LFiles
import Foundation
import Testing

@Suite struct ChecksumTests {
  // FIPS 180 example vectors (NIST, "Examples with Intermediate Values").
  static let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

  @Test func publishedVectors() {
    #expect(SHA256.hex(of: []) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(SHA256.hex(of: Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hex(of: Array(Self.long.utf8)) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    let million = [UInt8](repeating: 97, count: 1_000_000)
    #expect(SHA256.hex(of: million) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(SHA1.hex(of: []) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    #expect(SHA1.hex(of: Array("abc".utf8)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(SHA1.hex(of: Array(Self.long.utf8)) == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
    #expect(SHA1.hex(of: million) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
  }

  @Test func piecesOfAnySizeGiveTheSame() {
    var random = SplitMix(state: 5)
    let bytes = random.bytes(3_000)
    for _ in 0..<200 {
      var sha256 = SHA256()
      var sha1 = SHA1()
      var start = 0
      while start < bytes.count {
        let end = min(start + Int.random(in: 0...150, using: &random), bytes.count)
        sha256.update(Array(bytes[start..<end]))
        sha1.update(Array(bytes[start..<end]))
        // Asking in between changes nothing.
        _ = (sha256.digest, sha1.digest)
        start = end
      }
      #expect(sha256.hex == SHA256.hex(of: bytes))
      #expect(sha1.hex == SHA1.hex(of: bytes))
    }
  }

  /// Every length around the padding's corners, against the system's own tools.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sha256sum"), "no sha256sum here"))
  func agreesWithTheSystemTools() throws {
    let scratch = try Scratch()
    var random = SplitMix(state: 6)
    var paths: [String] = []
    for length in Array(0...130) + [100_000, 131_072, 1_000_001] {
      paths.append(try scratch.file("\(length)", random.bytes(length)))
    }
    func sums(_ tool: String) throws -> [String] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/" + tool)
      process.arguments = paths
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return output.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
    }
    #expect(try sums("sha256sum") == paths.map { try SHA256.hex(path: $0) })
    #expect(try sums("sha1sum") == paths.map { try SHA1.hex(path: $0) })
  }

  /// Publishers whose file names carry a few digits of the sum give no more.
  @Test func theFirstDigitsOfASumAreEnough() throws {
    let bytes = Array("abc".utf8)
    let sum = SHA256.hex(of: bytes)
    func verify(_ expected: String) throws(FileError) {
      try Fingerprint(sha256: expected).verify(SourceStream(MemoryFile(bytes, file: "abc")))
    }
    try verify(sum)
    try verify(String(sum.prefix(8)))
    try verify(String(sum.prefix(12)).uppercased())
    for wrong in ["00000000", String(sum.prefix(7)) + "x", String(sum.prefix(7)), "", sum + "0"] {
      #expect(throws: FileError.self) { try verify(wrong) }
    }
  }

  #if !DEBUG
    /// Processor time of this thread, so that other work on the machine counts little.
    private func seconds(_ body: () -> Void) -> Double {
      func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
      }
      let start = now()
      body()
      return now() - start
    }

    @Test func speed() {
      let bytes = [UInt8](repeating: 0x5a, count: 1 << 24)
      let hashes: [(String, () -> Void)] = [
        (SHA256.name, { _ = SHA256.hex(of: bytes) }), (SHA1.name, { _ = SHA1.hex(of: bytes) }),
      ]
      for (name, run) in hashes {
        let best = (0..<5).map { _ in seconds(run) }.min() ?? 1
        let rate = Double(bytes.count) / 1e6 / best
        print("\(name): \(Int(rate)) MB/s")
        // A quarter of what a quiet machine reaches.
        #expect(rate > 100)
      }
    }
  #endif
}
