@testable import D2LFiles

extension FuzzTarget {
  static let zip = FuzzTarget(
    name: "zip", summary: "ZipArchive: directory, local headers, every member",
    words: [
      "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "../", "C:",
      "\u{1}\u{0}\u{10}\u{0}",
    ],
    seeds: {
      let members = [("a.txt", Array("first content".utf8)), ("b/", []), ("b/c", [UInt8](repeating: 7, count: 300))]
      return [
        try ZipWriter.archive(members, .stored, alignment: 64), try ZipWriter.archive(members, .deflated()),
        try ZipWriter.archive(members, .deflated(), alwaysZip64: true), try ZipWriter.archive([]),
      ]
    },
    repair: { Checksums.repairZip(&$0) },
    run: { input in
      let archive = try ZipArchive(path: input.file("input.zip"))
      for entry in archive.entries {
        checkArchived(entry.name)
        Harness.tolerating { () throws(FileError) in
          guard try archive.bytes(of: entry, limit: 1 << 24).count == entry.size else { fatalError("a size is wrong") }
        }
      }
    })

  static let tar = FuzzTarget(
    name: "tar", summary: "TarArchive, plain or gzip: headers, every member",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", prefix: "tar")],
    words: [
      "ustar\u{0}00", "ustar  \u{0}", "17 path=../../x\n", "9 size=1\n", "././@LongLink", "GNU.sparse",
      "\u{80}\u{0}\u{0}",
    ],
    seeds: {
      let long = [UInt8](repeating: 0x61, count: 120)
      let plain = member("folder/", [], type: "5") + member("folder/a", Array("content".utf8))
      let pax = member("x", Array("17 path=./paxes/a\n".utf8), type: "x") + member("short", [1, 2, 3])
      let gnu = member("././@LongLink", long + [0], type: "L") + member("cut", [4])
      let link = member("b", [], type: "2") + member("g", Array("12 comment=x\n".utf8), type: "g")
      return [plain, pax, gnu, link, plain + pax + gnu].map { $0 + end }
        + [try Gzip.compress(plain + end)]
    },
    repair: { $0.starts(with: [0x1f, 0x8b]) ? Checksums.repairGzip(&$0) : Checksums.repairTar(&$0) },
    run: { input in
      let archive = try TarArchive(path: input.file("input.tar"), limit: 1 << 24)
      while let entry = try archive.next() {
        checkArchived(entry.name)
        if entry.kind == .file { _ = try archive.bytes(entry.size).count }
      }
    })

  static let gzip = FuzzTarget(
    name: "gzip", summary: "GzipStream: headers, members, trailers",
    words: ["\u{1f}\u{8b}\u{8}\u{0}", "\u{1f}\u{8b}\u{8}\u{1f}"],
    seeds: {
      let text = Array("all work and no play makes Jack a dull boy, ".utf8)
      let one = try Gzip.compress(text + text)
      return [one, one + one, one + [0, 0], try Gzip.compress([]), try Gzip.compress(text, level: 0)]
    },
    repair: { Checksums.repairGzip(&$0) },
    run: { input in _ = try Gzip.decompress(path: input.file("input.gz"), limit: 1 << 24).count })

  /// No name may lead out of a folder, and none may be empty.
  private static func checkArchived(_ name: String) {
    let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    guard !name.isEmpty, !parts.contains(".."), parts.first?.isEmpty == false else { fatalError("the name \(name)") }
  }

  private static func member(_ name: String, _ content: [UInt8], type: Character = "0") -> [UInt8] {
    var block = [UInt8](repeating: 0, count: TarHeader.blockSize)
    func put(_ text: String, at offset: Int) {
      block.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
    }
    let size = String(content.count, radix: 8)
    put(name, at: 0)
    put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
    put(String(type), at: 156)
    put("ustar\u{0}00", at: 257)
    Checksums.repairTar(&block)
    let padding = (TarHeader.blockSize - content.count % TarHeader.blockSize) % TarHeader.blockSize
    return block + content + [UInt8](repeating: 0, count: padding)
  }

  private static let end = [UInt8](repeating: 0, count: 2 * TarHeader.blockSize)
}
