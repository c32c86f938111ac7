import D2LFiles
import D2LImages
import Foundation
import Testing

/// Every picture among the real data, in its folder or inside an archive, against sums made by another decoder (`make_real_images.py`).
@Suite(.enabled(if: RealImages.isThere, RealImages.missing)) struct RealPicturesTests {
  private let data: String

  init() throws { data = try #require(ProcessInfo.processInfo.environment["D2L_DATA"]) }

  private static func rows() throws -> [(name: String, count: Int, sum: String)] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Goldens/real_images.tsv")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t").map(String.init)
      return (fields[0], try #require(Int(fields[1])), fields[2])
    }
  }

  private func pixels(_ bytes: [UInt8]) throws -> [UInt8] {
    // Two of them are damaged on purpose; the other decoder takes what there is.
    let options = ImageDecodingOptions(channels: 4, damage: .keep, appliesOrientation: false)
    return try Image(decoding: bytes, options: options).pixels
  }

  @Test(arguments: try rows().map(\.name)) func decodesToTheSamePixels(_ name: String) throws {
    let row = try #require(try Self.rows().first { $0.name == name })
    var digest = SHA256()
    if name.hasSuffix(".zip") {
      let archive = try ZipArchive(path: data + "/" + name)
      let members = archive.entries.filter { member in
        ["png", "jpg"].contains((member.name as NSString).pathExtension.lowercased())
      }
      #expect(members.count == row.count)
      for member in members.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
        digest.update(try pixels(archive.bytes(of: member)))
      }
    } else {
      digest.update(try pixels([UInt8](Data(contentsOf: URL(fileURLWithPath: data + "/" + name)))))
    }
    #expect(digest.hex == row.sum)
  }
}
