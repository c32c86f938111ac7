import Foundation

/// First inputs of a target: what Core's writers make, and the fixtures of Core's tests, which the real libraries made.
enum Corpus {
  /// Writes them to `folder`, and the target's words to the dictionary `folder.dict`.
  static func write(_ target: FuzzTarget, to folder: String, tests: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (number, seed) in try target.seeds().enumerated() {
      try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
    }
    for fixtures in target.fixtures {
      let source = tests + "/" + fixtures.folder
      for name in try FileManager.default.contentsOfDirectory(atPath: source)
      where name.hasPrefix(fixtures.prefix) && name.hasSuffix(fixtures.suffix) {
        let data = try Data(contentsOf: URL(fileURLWithPath: source + "/" + name))
        if data.count <= target.maximumLength { try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
      }
    }
    // Words are Latin-1: some instructions of a pickle lie above ASCII.
    let lines = target.words.map { word in
      "\"" + word.unicodeScalars.map { quoted(UInt8(truncatingIfNeeded: $0.value)) }.joined() + "\"\n"
    }
    try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: folder + ".dict"))
  }

  private static func quoted(_ byte: UInt8) -> String {
    let isPlain = (0x20..<0x7f).contains(byte) && byte != 0x22 && byte != 0x5c
    return isPlain ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
