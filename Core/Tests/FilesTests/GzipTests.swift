import CZlib
import D2LFiles
import Foundation
import Testing

@Suite struct GzipTests {
  /// `printf 'hello hello hello\n' | gzip -n -9`, as the tool wrote it.
  static let hello: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x90,
    0x5c, 0x00, 0x3b, 0x7c, 0x8a, 0xdf, 0x12, 0x00, 0x00, 0x00,
  ]

  @Test func readsWhatTheToolWrote() throws {
    #expect(try Gzip.decompress(Self.hello) == Array("hello hello hello\n".utf8))
  }

  @Test(arguments: [0, 1, 100, 65_535, 65_536, 131_072, 1_000_003], [0, 1, 6, 9])
  func roundTrip(size: Int, level: Int) throws {
    var random = SplitMix(state: UInt64(size * 10 + level))
    for bytes in [random.bytes(size), random.text(size), [UInt8](repeating: 7, count: size)] {
      let packed = try Gzip.compress(bytes, level: level)
      #expect(try Gzip.decompress(packed) == bytes)
      let raw = try Deflate.compress(bytes, level: level)
      #expect(try Deflate.decompress(raw, limit: size) == bytes)
    }
  }

  @Test func membersAreJoinedAndZeroPaddingIsAllowed() throws {
    let two = try Gzip.compress(Array("one ".utf8)) + Gzip.compress(Array("two".utf8))
    #expect(try Gzip.decompress(two) == Array("one two".utf8))
    #expect(try Gzip.decompress(two + [0, 0, 0]) == Array("one two".utf8))
    let error = fileError { try Gzip.decompress(two + [0, 1], file: "two.gz") }
    #expect(error.file == "two.gz" && error.place == .byte(two.count + 1))
    #expect(fileError { try Gzip.decompress(two + [65]) }.problem.contains("not gzip follows"))
  }

  /// A header with extra field, name, comment and its own check, put before the deflate data and trailer of `hello`.
  static func fullHeader(check: UInt16? = nil) -> [UInt8] {
    var header: [UInt8] = [0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0x78, 0x56, 0x34, 0x12, 0, 3, 3, 0, 9, 9, 9]
    header += Array("a.txt".utf8) + [0] + Array("why".utf8) + [0]
    let sum = header.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
    let stored = check ?? UInt16(truncatingIfNeeded: sum)
    return header + [UInt8(stored & 0xff), UInt8(stored >> 8)] + hello[10...]
  }

  @Test func headerFields() throws {
    let stream = try GzipStream(SourceStream(MemoryFile(Self.fullHeader())))
    #expect(try stream.readAll(limit: 100) == Array("hello hello hello\n".utf8))
    #expect(stream.header?.name == "a.txt")
    #expect(stream.header?.comment == "why")
    #expect(stream.header?.modified == 0x1234_5678)
    #expect(fileError { try Gzip.decompress(Self.fullHeader(check: 1)) }.problem.contains("header is damaged"))
  }

  @Test func everyTruncationIsAnError() throws {
    for whole in [Self.hello, Self.fullHeader()] {
      for length in 0..<whole.count {
        let error = fileError { try Gzip.decompress(Array(whole[..<length]), file: "cut.gz") }
        #expect(error.file == "cut.gz")
      }
    }
    let error = fileError { try Gzip.decompress(Array(Self.hello[..<15]), file: "cut.gz") }
    #expect(error.place == .byte(15))
    #expect(error.description.hasPrefix("cut.gz, byte 15: the compressed data ends too early\nhelp: "))
  }

  @Test func damageIsFoundAndNamed() throws {
    var bytes = Self.hello
    bytes[21] ^= 1
    let crc = fileError { try Gzip.decompress(bytes) }
    #expect(crc.problem.contains("CRC-32 is df8a7c3b, the file says df8a7c3a") && crc.place == .byte(21))
    bytes = Self.hello
    bytes[25] ^= 1
    let length = fileError { try Gzip.decompress(bytes) }
    #expect(length.problem.contains("it has 18 bytes, the file says 19") && length.place == .byte(25))
    bytes = Self.hello
    bytes[10] = 0xff
    #expect(fileError { try Gzip.decompress(bytes) }.problem.contains("compressed data is damaged"))
    #expect(fileError { try Gzip.decompress([0x50, 0x4b, 3, 4]) }.problem.contains("50 4b"))
    #expect(fileError { try Gzip.decompress([0x1f, 0x8b, 7, 0]) }.problem.contains("method 7"))
    #expect(fileError { try Gzip.decompress([]) }.problem.contains("empty"))
  }

  @Test func bombsAreRefusedAtTheLimit() throws {
    let bomb = try Gzip.compress([UInt8](repeating: 0, count: 50_000_000), level: 9)
    #expect(bomb.count < 60_000)
    let error = fileError { try Gzip.decompress(bomb, file: "bomb.gz", limit: 1_000_000) }
    #expect(error.problem.contains("limit of 1000000 bytes"))
    #expect(try Gzip.decompress(bomb, limit: 50_000_000).count == 50_000_000)
  }

  @Test func streamsInSmallPieces() throws {
    var random = SplitMix(state: 3)
    let bytes = random.text(10_000)
    let stream = try GzipStream(SourceStream(MemoryFile(Gzip.compress(bytes))))
    var result: [UInt8] = []
    while result.count < bytes.count { result += try stream.bytes(min(7, bytes.count - result.count)) }
    #expect(result == bytes)
    #expect(throws: FileError.self) { try stream.bytes(1) }
  }

  @Test func mutationsGiveAValueOrAFileError() throws {
    var random = SplitMix(state: 11)
    let text = random.text(3_000)
    let seeds = [Self.hello, Self.fullHeader(), try Gzip.compress(text), try Gzip.compress(text) + Self.hello]
    var accepted = 0
    for round in 0..<8_000 {
      let mutated = random.mutated(seeds[round % seeds.count])
      do throws(FileError) {
        _ = try Gzip.decompress(mutated, limit: 1 << 20)
        accepted += 1
      } catch {
        #expect(!error.problem.isEmpty)
      }
      do throws(FileError) { _ = try Deflate.decompress(mutated, limit: 1 << 20) } catch { continue }
    }
    // Changes of the time in the header go unnoticed, most others must not.
    #expect(accepted > 0 && accepted < 1_500)
  }

  @Test(.enabled(if: realData != nil, needsRealData)) func realFiles() throws {
    let path = try #require(realData) + "/fashion-mnist/train-labels-idx1-ubyte.gz"
    let bytes = try Gzip.decompress(path: path)
    #expect(bytes.count == 60_008)
    #expect(Array(bytes[..<8]) == [0, 0, 8, 1, 0, 0, 0xea, 0x60])
  }
}
