import D2LImages
import Foundation
import Testing

/// Hard JPEG files against the decodings beside them, and against a table made by another program.
@Suite(.enabled(if: RealImages.isThere, RealImages.missing)) struct RealJPEGTests {
  /// Damaged on purpose: refused unless damage is kept.
  static let damaged = ["jpeg/extraneous-data.jpg", "jpeg/partial_progressive.jpg"]

  /// The pictures beside the files come from ImageMagick, whose color conversion rounds a little differently.
  @Test func decodingsAgreeWithThePicturesBeside() throws {
    var compared = 0
    for folder in ["jpeg", "jpeg/mozilla"] {
      let pictures = Set(try RealImages.names(in: folder, suffix: ".png"))
      for name in try RealImages.names(in: folder, suffix: ".jpg") {
        let reference = String(name.dropLast(4)) + ".png"
        guard pictures.contains(reference) else { continue }
        let options = ImageDecodingOptions(channels: 3, damage: Self.damaged.contains(name) ? .keep : .refuse)
        let wanted = try Image(contentsOf: RealImages.path(reference), options: ImageDecodingOptions(channels: 3))
        expectClose(try Image(contentsOf: RealImages.path(name), options: options), wanted, within: 2, name)
        compared += 1
      }
    }
    #expect(compared == 33)
  }

  private static let tool = "/usr/bin/djpeg"
  private static let hasTool = FileManager.default.isExecutableFile(atPath: tool)

  @Test(.enabled(if: hasTool, "needs libjpeg's djpeg (package libjpeg-turbo-progs)"))
  func equalToTheLibrarysOwnTool() throws {
    var compared = 0
    let names = try ["jpeg", "jpeg/mozilla", "photos"].flatMap { try RealImages.names(in: $0, suffix: ".jpg") }
    try inTemporaryFolder { folder in
      for name in names {
        let path = try RealImages.path(name)
        guard let header = try? ImageHeader(contentsOf: path), header.format == .jpeg else { continue }
        let target = folder + "/decoded.pnm"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.tool)
        process.arguments = ["-pnm", "-outfile", target, path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let options = ImageDecodingOptions(damage: .keep, appliesOrientation: false)
        let image = try Image(contentsOf: path, options: options)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: target)))
        let head = "\(image.channels == 1 ? "P5" : "P6")\n\(image.width) \(image.height)\n255\n"
        #expect(bytes.starts(with: head.utf8), "\(name)")
        #expect(bytes.dropFirst(head.utf8.count).elementsEqual(image.pixels), "\(name)")
        compared += 1
      }
    }
    #expect(compared == 44)
  }

  @Test func headsAndMeansAgreeWithTheTable() throws {
    var read = 0
    for row in try RealImages.table("jpeg_reference.tsv") {
      let (name, path) = (row[0], try RealImages.path(row[0]))
      guard row[1] != "rejected" else { continue }
      let decoded = try DecodedImage(
        contentsOf: path, options: ImageDecodingOptions(damage: .keep, appliesOrientation: false))
      let header = decoded.header
      #expect(header.format.rawValue == row[1], "\(name)")
      #expect([header.width, header.height] == [Int(row[2]), Int(row[3])], "\(name)")
      #expect(header.isCMYK == (row[4] == "CMYK"), "\(name)")
      #expect(header.isProgressive == (row[5] == "1"), "\(name)")
      #expect(header.orientation.rawValue == (Int(row[6]) ?? 1), "\(name)")
      #expect(decoded.warnings.isEmpty == !Self.damaged.contains(name), "\(name): \(decoded.warnings)")
      if !header.isCMYK {
        let wanted = row[7].split(separator: " ").compactMap { Double($0) }
        let found = means(decoded.image)
        #expect(found.count == wanted.count, "\(name)")
        for (one, other) in zip(found, wanted) { #expect(abs(one - other) < 0.011, "\(name): \(found), not \(wanted)") }
      }
      read += 1
    }
    #expect(read == 45)
  }

  @Test func damagedFilesAreRefusedByDefault() throws {
    for name in Self.damaged {
      let error = #expect(throws: ImageError.self, "\(name)") { try Image(contentsOf: RealImages.path(name)) }
      #expect(error?.reason == .damaged && error?.problem.contains("Corrupt JPEG data") == true)
    }
  }

  @Test func twelveBitsAreRefusedCleanly() throws {
    let error = #expect(throws: ImageError.self) { try Image(contentsOf: RealImages.path("jpeg/testorig12.jpg")) }
    #expect(error?.reason == .unsupported)
    #expect(error?.description.contains("testorig12.jpg") == true)
  }

  @Test func contentDecidesNotTheName() throws {
    let path = try RealImages.path("jpeg/mozilla/jpg-size-6x6.jpg")
    #expect(try ImageHeader(contentsOf: path).format == .png)
  }

  @Test func arithmeticCodingEqualsHuffman() throws {
    let arithmetic = try Image(contentsOf: RealImages.path("jpeg/testimgari.jpg"))
    #expect(try Image(contentsOf: RealImages.path("jpeg/testimgint.jpg")) == arithmetic)
  }

  @Test func portableMapOfTheLibrary() throws {
    // The picture testimgint.jpg was made from.
    let bytes = try RealImages.bytes("jpeg/testorig.ppm")
    let head = Array("P6\n227 149\n255\n".utf8)
    #expect(bytes.starts(with: head))
    let original = Image(width: 227, height: 149, channels: 3, pixels: Array(bytes.dropFirst(head.count)))
    let difference = zip(try Image(contentsOf: RealImages.path("jpeg/testimgint.jpg")).pixels, original.pixels)
    let error = difference.reduce(0.0) { $0 + Double(abs(Int($1.0) - Int($1.1))) } / Double(original.pixels.count)
    #expect(error < 3)
  }

  private func means(_ image: Image) -> [Double] {
    (0..<image.channels).map { channel in
      let samples = stride(from: channel, to: image.pixels.count, by: image.channels)
      return Double(samples.reduce(0) { $0 + Int(image.pixels[$1]) }) / Double(image.width * image.height)
    }
  }
}
