import D2LFiles
import Foundation
import Testing

@Suite struct HostileZipTests {
  /// An archive of two stored members, and the offsets of its records.
  static func sample() throws -> (bytes: [UInt8], second: Int, directory: Int, end: Int) {
    let bytes = try ZipWriter.archive([("aaaa", Array("first content".utf8)), ("bbbb", Array("second".utf8))], .stored)
    let second = 30 + 4 + 13
    return (bytes, second, second + 30 + 4 + 6, bytes.count - 22)
  }

  static func set(_ bytes: [UInt8], at offset: Int, _ value: UInt64, size: Int) -> [UInt8] {
    var result = bytes
    for index in 0..<size { result[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    return result
  }

  static func open(_ bytes: [UInt8]) throws(FileError) -> ZipArchive {
    try ZipArchive(MemoryFile(bytes, file: "h.zip"))
  }

  @Test(arguments: [
    "/etc/passwd", "../up", "a/../../up", "a/..", "..", "\\windows", "a\\..\\up", "C:/x", "c:x", "a\0b", "",
  ])
  func namesThatLeadOutAreRefused(name: String) throws {
    #expect(fileError { try ZipWriter.archive([(name, [1])]) }.place == .key(name))
    // The writer refuses them too, so an archive with the name is made from one of the same length.
    let innocent = String(repeating: "x", count: name.utf8.count)
    guard !name.isEmpty else { return }
    var bytes = try ZipWriter.archive([(innocent, [1])], .stored)
    let offsets = bytes.indices.filter { bytes[$0...].starts(with: innocent.utf8) }
    for offset in [offsets.first, offsets.last].compactMap(\.self) {
      bytes.replaceSubrange(offset..<(offset + name.utf8.count), with: name.utf8)
    }
    let error = fileError { try Self.open(bytes) }
    #expect(error.problem.contains("name of this member is refused"))
  }

  @Test func innocentNamesWithDotsPass() throws {
    let names = ["a..b", "...", "a/.hidden", "./a", "x/..y", "a:b/c:d"]
    let archive = try Self.open(ZipWriter.archive(names.filter { $0 != "a:b/c:d" }.map { ($0, [1]) }))
    #expect(archive.entries.count == 5)
  }

  @Test func duplicateNamesAreRefused() throws {
    #expect(throws: FileError.self) { try ZipWriter.archive([("a", []), ("a", [])]) }
    var (bytes, second, directory, _) = try Self.sample()
    bytes.replaceSubrange((second + 30)..<(second + 34), with: Array("aaaa".utf8))
    bytes.replaceSubrange((directory + 50 + 46)..<(directory + 50 + 50), with: Array("aaaa".utf8))
    #expect(fileError { try Self.open(bytes) }.problem.contains("two members have this name"))
  }

  @Test func overlappingMembersAreRefused() throws {
    // The second record of the directory is made a copy of the first under a name of its own, in both places.
    let whole = try ZipWriter.archive([("aaaa", [UInt8](repeating: 1, count: 200)), ("bbbb", [])], .stored)
    let directory = 30 + 4 + 200 + 30 + 4
    // The second member's header moves inside the content of the first.
    var bytes = whole
    let header = Array(whole[234..<268])
    bytes.replaceSubrange(60..<94, with: header)
    bytes = Self.set(bytes, at: directory + 50 + 42, 60, size: 4)
    // A checksum of the content is compared only on reading; the overlap is seen at once.
    let error = fileError { try Self.open(bytes) }
    #expect(error.problem.contains("shares bytes") && error.place == .key("bbbb"))
  }

  @Test func liesAboutSizesAreRefusedBeforeAnyAllocation() throws {
    let (bytes, second, directory, end) = try Self.sample()
    let huge: UInt64 = 0xffff_fff0
    let cases: [(String, [UInt8])] = [
      ("directory past the end", Self.set(bytes, at: end + 12, huge, size: 4)),
      ("directory begins past the end", Self.set(bytes, at: end + 16, huge, size: 4)),
      ("more members than fit", Self.set(Self.set(bytes, at: end + 8, 0xfff0, size: 2), at: end + 10, 0xfff0, size: 2)),
      ("fewer members than there are", Self.set(Self.set(bytes, at: end + 8, 1, size: 2), at: end + 10, 1, size: 2)),
      ("packed size", Self.set(bytes, at: directory + 20, huge, size: 4)),
      ("size", Self.set(bytes, at: directory + 24, huge, size: 4)),
      ("offset", Self.set(bytes, at: directory + 42, huge, size: 4)),
      ("length of the name", Self.set(bytes, at: directory + 28, 0xffff, size: 2)),
      ("local length of the name", Self.set(bytes, at: second + 26, 0xffff, size: 2)),
      ("local length of the extra fields", Self.set(bytes, at: second + 28, 0xffff, size: 2)),
      ("local size", Self.set(bytes, at: second + 22, 7, size: 4)),
      ("local name", Self.set(bytes, at: second + 30, 0x63, size: 1)),
      ("local method", Self.set(bytes, at: second + 8, 8, size: 2)),
      ("several disks", Self.set(bytes, at: end + 4, 1, size: 2)),
      ("cut", Array(bytes.dropLast())),
      ("something behind", bytes + [0]),
      ("something before", [0] + bytes),
      ("no zip", Array("this is no archive, but long enough to look".utf8)),
      ("nothing", []),
    ]
    for (what, hostile) in cases {
      let error = fileError { try Self.open(hostile) }
      #expect(error.file == "h.zip", "\(what)")
    }
    #expect(try Self.open(bytes).entries.count == 2)
  }

  @Test func contradictingEndRecordsAreRefused() throws {
    let bytes = try ZipWriter.archive([("a", [1])], .stored, alwaysZip64: true)
    let end = bytes.count - 22
    _ = try Self.open(bytes)
    for (offset, size) in [(end - 20 - 56 + 32, 8), (end - 20 - 56 + 40, 8), (end - 20 - 56 + 48, 8), (end - 12, 8)] {
      for value in [0, 5, UInt64.max, UInt64(Int64.max)] {
        #expect(throws: FileError.self) { try Self.open(Self.set(bytes, at: offset, value, size: size)) }
      }
    }
  }

  @Test func contentIsComparedWithSizeAndChecksum() throws {
    let content = [UInt8](repeating: 7, count: 10_000)
    for packing in [ZipWriter.Packing.stored, .deflated()] {
      let bytes = try ZipWriter.archive([("x", content)], packing)
      let directory = bytes.count - 22 - 47
      var wrong = Self.set(Self.set(bytes, at: 14, 1, size: 4), at: directory + 16, 1, size: 4)
      let error = fileError { try Self.open(wrong).bytes(of: Self.open(wrong).entry("x")) }
      #expect(error.place == .key("x") && error.problem.contains("CRC-32") && error.problem.contains("00000001"))
      guard packing != .stored else { continue }
      for size: UInt64 in [9_999, 10_001, 1] {
        wrong = Self.set(Self.set(bytes, at: 22, size, size: 4), at: directory + 24, size, size: 4)
        #expect(throws: FileError.self) { try Self.open(wrong).bytes(of: Self.open(wrong).entry("x")) }
      }
    }
  }

  @Test func bombsAreRefused() throws {
    let bytes = try ZipWriter.archive([("x", [UInt8](repeating: 0, count: 20_000_000))], .deflated(level: 9))
    let archive = try Self.open(bytes)
    #expect(
      fileError { try archive.bytes(of: archive.entries[0], limit: 1_000_000) }.problem.contains("limit of 1000000"))
    #expect(try archive.bytes(of: archive.entries[0]).count == 20_000_000)
    // Declared small, unpacks large: stopped at what was declared.
    let directory = bytes.count - 22 - 47
    let lie = Self.set(Self.set(bytes, at: 22, 100, size: 4), at: directory + 24, 100, size: 4)
    #expect(
      fileError { try Self.open(lie).bytes(of: Self.open(lie).entries[0]) }.problem.contains("more than the 100 bytes"))
    // Declared larger than deflate can pack.
    let boast = Self.set(Self.set(bytes, at: 22, 0xf000_0000, size: 4), at: directory + 24, 0xf000_0000, size: 4)
    #expect(fileError { try Self.open(boast) }.problem.contains("packed bytes can hold"))
  }

  @Test func encryptedAndUnknownMethodsAreListedAndNotRead() throws {
    let bytes = try ZipWriter.archive([("x", [1, 2, 3])], .stored)
    let directory = bytes.count - 22 - 47
    let encrypted = try Self.open(Self.set(bytes, at: directory + 8, 1, size: 2))
    #expect(fileError { try encrypted.bytes(of: encrypted.entries[0]) }.problem.contains("encrypted"))
    #expect(throws: FileError.self) { try encrypted.range(ofStored: encrypted.entries[0]) }
    let lzma = try Self.open(Self.set(Self.set(bytes, at: 8, 14, size: 2), at: directory + 10, 14, size: 2))
    #expect(lzma.entries[0].method == .other(14))
    #expect(fileError { try lzma.bytes(of: lzma.entries[0]) }.problem.contains("method 14"))
  }

  @Test func mutationsGiveAValueOrAFileError() throws {
    var random = SplitMix(state: 31)
    let members = ZipTests.members().map { (name: $0.name, content: Array($0.content.prefix(60))) }
    let seeds = [
      try ZipWriter.archive(members, .stored, alignment: 64), try ZipWriter.archive(members, .deflated()),
      try ZipWriter.archive(members, .deflated(), alwaysZip64: true),
    ]
    var opened = 0
    var refused = 0
    for round in 0..<12_000 {
      let seed = seeds[round % seeds.count]
      let mutated = round < 6_000 ? random.mutated(seed) : random.touched(seed)
      do throws(FileError) {
        let archive = try ZipArchive(MemoryFile(mutated))
        opened += 1
        for entry in archive.entries {
          do throws(FileError) { _ = try archive.bytes(of: entry, limit: 1 << 20) } catch {
            #expect(!error.problem.isEmpty)
          }
        }
      } catch {
        refused += 1
      }
    }
    #expect(opened > 500 && refused > 3_000)
  }
}
