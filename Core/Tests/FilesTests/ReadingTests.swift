import D2LFiles
import Foundation
import Testing

@Suite struct FileErrorTests {
  @Test func descriptionSaysFilePlaceProblemAndHelp() {
    let error = FileError(file: "a.pt", at: .key("fc.weight"), problem: "the shape is wrong", help: "use strict: false")
    #expect(error.description == "a.pt, \"fc.weight\": the shape is wrong\nhelp: use strict: false")
    #expect(FileError(file: "a", at: .byte(7), problem: "p").description == "a, byte 7: p")
    #expect(FileError(file: "a", at: .line(3), problem: "p").description == "a, line 3: p")
    #expect(FileError(file: "a", problem: "p").description == "a: p")
    #expect((error as any Error).localizedDescription == error.description)
  }

  @Test func hostileNamesCannotDriveTheTerminal() {
    let error = FileError(file: "a\u{1b}[2J\nb\u{202e}", problem: String(repeating: "x", count: 5000))
    let text = error.description
    #expect(text.hasPrefix("a\\u{1b}[2J\\u{a}b\\u{202e}: xx"))
    #expect(text.count < 700 && !text.contains("\n"))
  }

  @Test func systemErrorsCarryAdvice() {
    let error = FileError(file: "x", errno: ENOSPC, cannot: "write")
    #expect(error.problem.hasPrefix("cannot write: "))
    #expect(error.help?.contains("disk is full") == true)
  }
}

@Suite struct MappedFileTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func readsNumbersOfBothOrders() throws {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x80, 0x3f, 0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18]
    let path = try scratch.file("n", bytes)
    for source in [try MappedFile(path), MemoryFile(bytes)] as [any ByteSource] {
      #expect(try source.integer(UInt32.self, at: 0) == 0x0403_0201)
      #expect(try source.integer(UInt32.self, at: 1, .big) == 0x0203_0405)
      #expect(try source.integer(Int64.self, at: 0) == 0x0807_0605_0403_0201)
      #expect(try source.integer(UInt16.self, at: 6, .big) == 0x0708)
      #expect(try source.integer(UInt8.self, at: 19) == 0x18)
      #expect(try source.float(at: 8) == 1)
      #expect(try source.double(at: 12, .big) == Double.pi)
      #expect(try source.allBytes() == bytes)
      #expect(try source.bytes(in: 2..<5) == [3, 4, 5])
      #expect(try source.bytes(in: 20..<20) == [])
    }
  }

  @Test func refusesWhatReachesOutside() throws {
    let file = try MappedFile(try scratch.file("n", [1, 2, 3, 4]))
    for offset in [-1, 1, 4, 5, Int.max, Int.min] {
      let error = fileError { try file.integer(UInt32.self, at: offset) }
      #expect(error.file == file.file && error.place == .byte(offset))
    }
    for range in [-1..<2, 0..<5, 4..<Int.max, Int.min..<0, Int.max..<Int.max] {
      #expect(throws: FileError.self) { try file.bytes(in: range) }
      #expect(throws: FileError.self) { try file.withUnsafeBytes(in: range) { $0.count } }
      #expect(throws: FileError.self) { try SourceStream(file, in: range) }
      #expect(throws: FileError.self) { try ByteReader(file, in: range) }
    }
  }

  @Test func mapsWithoutCopying() throws {
    var random = SplitMix(state: 1)
    let bytes = random.bytes(100_000)
    let file = try MappedFile(try scratch.file("n", bytes))
    try file.withUnsafeBytes { #expect(Array($0) == bytes) }
    try file.withUnsafeBytes(in: 70_000..<70_003) { #expect(Array($0) == Array(bytes[70_000..<70_003])) }
  }

  @Test func emptyFilesAreFiles() throws {
    let file = try MappedFile(try scratch.file("empty", []))
    #expect(file.count == 0)
    #expect(try file.allBytes() == [])
    try file.withUnsafeBytes { #expect($0.count == 0) }
    #expect(throws: FileError.self) { try file.integer(UInt8.self, at: 0) }
  }

  @Test func missingFilesFoldersAndDevicesAreNamed() throws {
    let missing = fileError { try MappedFile(scratch.path + "/nothing") }
    #expect(missing.file.hasSuffix("/nothing") && missing.problem.contains("No such file"))
    #expect(fileError { try MappedFile(scratch.path) }.help?.contains("folder") == true)
    #expect(fileError { try MappedFile("/dev/zero") }.problem.contains("not a regular file"))
    #expect(mkfifo(scratch.path + "/pipe", 0o600) == 0)
    #expect(fileError { try MappedFile(scratch.path + "/pipe") }.problem.contains("not a regular file"))
    #expect(throws: FileError.self) { try MappedFile("a\0b") }
    #expect(throws: FileError.self) { try MappedFile("") }
  }

  @Test func aFileThatShrinksGivesErrorsAndNoCrash() throws {
    let path = try scratch.file("n", [UInt8](repeating: 5, count: 1 << 20))
    let file = try MappedFile(path)
    #expect(truncate(path, 1000) == 0)
    let mapped = fileError { try file.withUnsafeBytes { $0[500_000] } }
    #expect(mapped.problem.contains("had 1048576 bytes and has 1000"))
    #expect(fileError { try file.bytes(in: 0..<2000) }.place == .byte(1000))
    #expect(try file.bytes(in: 0..<1000).count == 1000)
    var reader = ByteReader(file)
    #expect(throws: FileError.self) { try reader.byte() }
  }

  @Test func aFileThatIsWrittenToIsNoticed() throws {
    let path = try scratch.file("n", [UInt8](repeating: 5, count: 100))
    let file = try MappedFile(path)
    try file.checkUnchanged()
    let handle = try #require(FileHandle(forWritingAtPath: path))
    #expect(throws: FileError.self) {
      try file.withUnsafeBytes { _ in
        // Time stamps advance in steps of some milliseconds.
        usleep(50_000)
        handle.write(Data([9]))
      }
    }
    #expect(fileError { try file.checkUnchanged() }.problem.contains("changed while it was read"))
  }
}

@Suite struct ByteReaderTests {
  @Test func readsOneAfterTheOther() throws {
    var bytes: [UInt8] = [7, 1, 0, 0, 2, 0xff, 0xff, 0, 0, 0x80, 0x3f]
    bytes += [3, 0, 0, 0] + Array("añ".utf8) + Array("line\nrest\0".utf8) + [2, 9, 8, 1, 2, 3]
    var reader = ByteReader(bytes, file: "x")
    #expect(try reader.peek() == 7)
    #expect(try reader.byte() == 7)
    #expect(try reader.integer(UInt16.self) == 1)
    #expect(try reader.integer(UInt16.self, .big) == 2)
    #expect(try reader.integer(Int16.self) == -1)
    #expect(try reader.float() == 1)
    #expect(try reader.string(prefixedBy: UInt32.self) == "añ")
    #expect(try reader.string(upTo: 10) == "line")
    #expect(try reader.string(upTo: 0) == "rest")
    #expect(try reader.bytes(prefixedBy: UInt8.self) == [9, 8])
    #expect(reader.remaining == 3)
    try reader.skip(1)
    #expect(try reader.bytes(2) == [2, 3])
    #expect(reader.isAtEnd)
    #expect(try reader.peek() == nil)
    try reader.seek(to: 1)
    #expect(try reader.bytes(2) == [1, 0])
    #expect(throws: FileError.self) { try reader.seek(to: bytes.count + 1) }
    #expect(throws: FileError.self) { try reader.seek(to: -1) }
  }

  @Test func everyFailureLeavesTheOffset() {
    var reader = ByteReader([1, 2, 3], file: "x")
    #expect(fileError { try reader.integer(UInt32.self) }.place == .byte(0))
    #expect(fileError { try reader.bytes(4) }.place == .byte(0))
    #expect(fileError { try reader.bytes(-1) }.place == .byte(0))
    #expect(fileError { try reader.skip(Int.max) }.place == .byte(0))
    #expect(fileError { try reader.bytes(upTo: 9) }.place == .byte(0))
    #expect(fileError { try reader.bytes(upTo: 3, limit: 1) }.place == .byte(0))
    #expect(reader.offset == 0)
  }

  @Test func claimedCountsAreCheckedAgainstWhatFollows() throws {
    func count(_ value: Int64, elementSize: Int) throws -> Int {
      let raw = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      var reader = ByteReader(raw + [UInt8](repeating: 0, count: 40), file: "x")
      return try reader.count(Int64.self, elementSize: elementSize, of: "words")
    }
    #expect(try count(10, elementSize: 4) == 10)
    #expect(try count(40, elementSize: 1) == 40)
    #expect(throws: FileError.self) { try count(41, elementSize: 1) }
    let error = fileError { try count(11, elementSize: 4) }
    #expect(error.problem.contains("11 words") && error.problem.contains("40 bytes follow") && error.place == .byte(0))
    for value in [-1, Int64.min, Int64.max, 1 << 61] {
      #expect(throws: FileError.self) { try count(value, elementSize: 8) }
    }
  }

  @Test func textMustBeText() {
    #expect(
      fileError {
        try {
          var reader = ByteReader([0xff, 0xfe]); return try reader.string(2)
        }()
      }.place == .byte(0))
    #expect(throws: FileError.self) {
      try {
        var reader = ByteReader([0xc3, 0]); return try reader.string(upTo: 0)
      }()
    }
  }

  @Test func crossesItsBufferEverywhere() throws {
    var random = SplitMix(state: 9)
    var bytes = random.bytes(300_000)
    for index in bytes.indices where bytes[index] == 10 { bytes[index] = 11 }
    for place in [5, 65_535, 65_536, 65_537, 200_000, 299_999] { bytes[place] = 10 }
    var reader = ByteReader(bytes)
    var expected = 0
    while reader.remaining >= 8 {
      let value = try reader.integer(UInt64.self)
      #expect(value == (0..<8).reduce(0) { $0 | UInt64(bytes[expected + $1]) << UInt64(8 * $1) })
      expected += 8
      try reader.skip(min(reader.remaining, 91))
      expected += 91
    }
    reader = ByteReader(bytes)
    var lines: [[UInt8]] = []
    while !reader.isAtEnd { lines.append(try reader.bytes(upTo: 10)) }
    #expect(lines == bytes.dropLast().split(separator: 10, omittingEmptySubsequences: false).map(Array.init))
    var part = try ByteReader(MemoryFile(bytes), in: 100..<200)
    #expect(try part.bytes(100) == Array(bytes[100..<200]))
    #expect(throws: FileError.self) { try part.byte() }
  }

  @Test func randomProgramsGiveValuesOrFileErrors() {
    var random = SplitMix(state: 4)
    var errors = 0
    for _ in 0..<5_000 {
      var reader = ByteReader(random.bytes(Int.random(in: 0..<60, using: &random)))
      for _ in 0..<10 {
        let amount = Int.random(in: -2...70, using: &random)
        do throws(FileError) {
          switch Int.random(in: 0..<10, using: &random) {
          case 0: _ = try reader.integer(UInt64.self, .big)
          case 1: _ = try reader.bytes(amount)
          case 2: _ = try reader.string(prefixedBy: UInt8.self)
          case 3: _ = try reader.bytes(prefixedBy: Int64.self)
          case 4: try reader.skip(amount)
          case 5: try reader.seek(to: amount)
          case 6: _ = try reader.string(upTo: 0, limit: 8)
          case 7: _ = try reader.count(UInt32.self, elementSize: amount, of: "things")
          case 8: _ = try reader.peek()
          default: _ = try reader.double()
          }
        } catch {
          errors += 1
        }
        #expect(reader.offset >= 0 && reader.remaining >= 0)
      }
    }
    #expect(errors > 1_000 && errors < 45_000)
  }
}
