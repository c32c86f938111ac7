import D2LFiles
import Foundation
import Testing

@Suite struct ZipTests {
  static func members() -> [(name: String, content: [UInt8])] {
    var random = SplitMix(state: 21)
    return [
      ("a/text.txt", random.text(5_000)), ("a/", []), ("a/noise", random.bytes(3_000)), ("empty", []),
      ("__MACOSX/._a", random.bytes(10)), ("ünï.bin", [1, 2, 3]),
    ]
  }

  @Test(arguments: [ZipWriter.Packing.stored, .deflated(level: 9)], [1, 64])
  func roundTrip(packing: ZipWriter.Packing, alignment: Int) throws {
    try roundTrip(packing, alignment, zip64: false)
    try roundTrip(packing, alignment, zip64: true)
  }

  private func roundTrip(_ packing: ZipWriter.Packing, _ alignment: Int, zip64: Bool) throws {
    let members = Self.members()
    let bytes = try ZipWriter.archive(members, packing, alignment: alignment, alwaysZip64: zip64)
    let archive = try ZipArchive(MemoryFile(bytes))
    #expect(archive.entries.map(\.name) == members.map(\.name))
    for (entry, member) in zip(archive.entries, members) {
      #expect(entry.size == member.content.count)
      #expect(entry.isFolder == (member.name == "a/"))
      #expect(try archive.bytes(of: entry) == member.content)
      try archive.verify(entry)
      if packing == .stored {
        let range = try archive.range(ofStored: entry)
        #expect(Array(bytes[range]) == member.content)
        #expect(range.lowerBound % alignment == 0)
      } else {
        #expect(throws: FileError.self) { try archive.range(ofStored: entry) }
      }
    }
    #expect(try archive.bytes(of: archive.entry("ünï.bin")) == [1, 2, 3])
    #expect(try ZipWriter.archive(members, packing, alignment: alignment, alwaysZip64: zip64) == bytes)
  }

  @Test func manyMembersNeedZip64() throws {
    let members = (0..<66_000).map { (name: "m\($0)", content: [UInt8(truncatingIfNeeded: $0)]) }
    let archive = try ZipArchive(MemoryFile(ZipWriter.archive(members, .stored)))
    #expect(archive.entries.count == 66_000)
    #expect(try archive.bytes(of: archive.entry("m65999")) == [UInt8(truncatingIfNeeded: 65_999)])
  }

  @Test func anEmptyArchiveIsAnArchive() throws {
    #expect(try ZipArchive(MemoryFile(ZipWriter.archive([]))).entries.isEmpty)
  }

  @Test func missingMembersAreNamedWithWhatThereIs() throws {
    let archive = try ZipArchive(MemoryFile(ZipWriter.archive(Self.members()), file: "z.zip"))
    #expect(archive["nothing"] == nil)
    let error = fileError { try archive.entry("nothing") }
    #expect(error.place == .key("nothing") && error.help?.contains("\"a/text.txt\"") == true)
  }

  // MARK: Other programs

  /// Runs a script of Python's `zipfile` (a writer and reader that is not ours); nil where there is no Python.
  static func python(_ script: String, _ arguments: [String]) throws -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? output : nil
  }

  static let hasPython = (try? python("print(1)", [])) == "1\n"

  @Test(.enabled(if: hasPython, "no python3 here"), arguments: [false, true])
  func pythonReadsOurs(zip64: Bool) throws {
    let scratch = try Scratch()
    let path = scratch.path + "/a.zip"
    try writeAtomically(to: path) { file throws(FileError) in
      let writer = ZipWriter(file, alignment: 64, alwaysZip64: zip64)
      for (index, member) in Self.members().enumerated() {
        try writer.add(member.name, member.content, index % 2 == 0 ? .stored : .deflated())
      }
      try writer.finish()
    }
    let script = """
      import sys, zipfile, zlib
      z = zipfile.ZipFile(sys.argv[1])
      assert z.testzip() is None
      for n in z.namelist(): print(n, len(z.read(n)), zlib.crc32(z.read(n)))
      """
    let archive = try ZipArchive(path: path)
    let expected = archive.entries.map { "\($0.name) \($0.size) \($0.crc32)\n" }.joined()
    #expect(try Self.python(script, [path]) == expected)
  }

  /// Data descriptors (an unseekable output), old names in code page 437, comments, zip64 fields, folders.
  @Test(.enabled(if: hasPython, "no python3 here")) func readsPythons() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/p.zip"
    let script = """
      import sys, zipfile
      class Pipe:
          def __init__(self, f): self.f = f
          def write(self, b): return self.f.write(b)
          def flush(self): self.f.flush()
      with open(sys.argv[1], 'wb') as f, zipfile.ZipFile(Pipe(f), 'w', zipfile.ZIP_DEFLATED) as z:
          z.writestr('text', b'spam and eggs ' * 100)
          z.writestr(zipfile.ZipInfo('stored'), b'plain')
          z.comment = b'a remark'
          with z.open(zipfile.ZipInfo('wide'), 'w', force_zip64=True) as e: e.write(b'w' * 1000)
          z.writestr('dir/', b'')
      data = open(sys.argv[1], 'rb').read()
      # The same archive with a name of code page 437: byte 0x81 is u with two dots.
      open(sys.argv[1] + '2', 'wb').write(data.replace(b'stored', b'st\\x81red'))
      """
    #expect(try Self.python(script, [path]) != nil)
    let archive = try ZipArchive(path: path)
    #expect(archive.entries.map(\.name) == ["text", "stored", "wide", "dir/"])
    #expect(try archive.bytes(of: archive.entry("text")) == (0..<100).flatMap { _ in Array("spam and eggs ".utf8) })
    #expect(try archive.bytes(of: archive.entry("stored")) == Array("plain".utf8))
    #expect(try archive.bytes(of: archive.entry("wide")) == [UInt8](repeating: 119, count: 1000))
    #expect(
      try ZipArchive(path: path + "2").bytes(of: ZipArchive(path: path + "2").entry("stüred")) == Array("plain".utf8))
  }

  @Test(.enabled(if: realData != nil, needsRealData)) func realArchives() throws {
    let root = try #require(realData)
    let french = try ZipArchive(path: root + "/fra-eng/fra-eng.zip")
    #expect(french.entries.count == 6)
    // The sum that `unzip -p fra-eng.zip fra-eng/fra.txt | sha256sum` gives.
    #expect(
      SHA256.hex(of: try french.bytes(of: french.entry("fra-eng/fra.txt")))
        == "0bb85dbaa1c896844649094d7eaf2e34bee34e84fe362b26ce7e8f2e12aae104")
    for entry in french.entries { try french.verify(entry) }
    for name in ["weights/torch-zip/burn_mnist.pt", "ptb/ptb.zip", "cifar10-jpg/cifar10_jpg_subset.zip"] {
      let archive = try ZipArchive(path: root + "/" + name)
      for entry in archive.entries { try archive.verify(entry) }
    }
    let weights = try ZipArchive(path: root + "/weights/torch-zip/burn_mnist.pt")
    #expect(try weights.range(ofStored: weights.entry("mnist/data/11")).count == 1_486_848)
    #expect(try weights.range(ofStored: weights.entry("mnist/data/11")).lowerBound % 64 == 0)
  }
}
