import D2LCore
import D2LTestSupport
import Foundation
import Testing

/// `d2l image` as its users run it.
@Suite struct ImageCommandTests {
  private let d2l: Program
  private let folder: TemporaryFolder

  init() throws {
    d2l = try Program("d2l")
    folder = try TemporaryFolder()
  }

  /// Slopes in every channel, so that neither side nor channel can be taken for another.
  private func picture(_ width: Int = 12, _ height: Int = 8, channels: Int = 3) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        pixels += (0..<channels).map { UInt8(($0 * 40 + x * 9 + y * 5) & 255) }
      }
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }

  private func saved(_ image: Image, _ name: String = "p.png") throws -> String {
    try image.write(to: folder.file(name))
    return folder.file(name)
  }

  private func run(_ arguments: String...) throws -> Program.Outcome { try d2l.run(["image"] + arguments) }

  @Test func infoShowsWhatAPictureIs() throws {
    let path = try saved(picture())
    let shown = try run("info", path)
    #expect(shown.status == 0 && shown.output.contains("PNG") && shown.output.contains("12 x 8"))
    let json = try run("info", "--json", path).output
    let rows = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(rows.count == 1 && rows[0]["format"] as? String == "PNG" && rows[0]["bits"] as? Int == 8)
    #expect([rows[0]["width"], rows[0]["height"], rows[0]["channels"]] as? [Int] == [12, 8, 3])
    let means = try #require(rows[0]["means"] as? [Double])
    #expect(means.count == 3 && abs(means[1] - 107) < 1e-9)
  }

  @Test func infoFindsDamage() throws {
    let whole = try picture(64, 64).encoded(as: .jpeg())
    let path = folder.file("cut.jpg")
    try Data(whole.prefix(whole.count * 3 / 4)).write(to: URL(filePath: path))
    let outcome = try run("info", try saved(picture()), path)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("damaged") && outcome.errors.contains("cut.jpg"))
    #expect(outcome.errors.contains("1 of 2 pictures is damaged"))
    #expect(try run("info", "--headers", path).status == 0)
    let refused = try run("convert", path, folder.file("a.png"))
    #expect(refused.status == 1 && refused.errors.contains("cut.jpg, byte"), "\(refused.errors)")
    let kept = try run("convert", path, folder.file("a.png"), "--keep-damage")
    #expect(kept.status == 0 && kept.errors.contains("Premature end"))
  }

  @Test func convertWritesWhatTheNameSays() throws {
    let image = picture()
    let path = try saved(image)
    #expect(
      try run("convert", path, folder.file("a.jpg"), "--quality", "95").output.contains("a.jpg: 12 x 8, 3 channels"))
    #expect(try ImageHeader(contentsOf: folder.file("a.jpg")).format == .jpeg)
    #expect(try run("convert", path, folder.file("b.jpg"), "--progressive").status == 0)
    #expect(try ImageHeader(contentsOf: folder.file("b.jpg")).isProgressive)
    #expect(try run("convert", path, folder.file("c.png"), "--channels", "1").status == 0)
    #expect(try Image(contentsOf: folder.file("c.png")) == image.converted(toChannels: 1))
  }

  @Test func convertKeepsSixteenBits() throws {
    let wide = Image16(width: 2, height: 1, channels: 3, pixels: [1, 256, 65_535, 40_000, 3, 9])
    try wide.write(to: folder.file("w.png"))
    #expect(try run("convert", folder.file("w.png"), folder.file("v.png")).output.contains("of 16 bits"))
    #expect(try Image16(contentsOf: folder.file("v.png")) == wide)
    #expect(try run("convert", folder.file("w.png"), folder.file("v.npy")).status == 0)
    #expect(Tensor<Int32>(exactly: try Npy.read(folder.file("v.npy")))?.values == wide.pixels.map { Int32($0) })
  }

  @Test func convertMakesArraysForNetworks() throws {
    let image = picture()
    let path = try saved(image)
    #expect(try run("convert", path, folder.file("a.npy")).output.contains("[8, 12, 3] of uint8"))
    #expect(Tensor<UInt8>(exactly: try Npy.read(folder.file("a.npy")))?.values == image.pixels)
    #expect(try run("convert", path, folder.file("b.npy"), "--tensor", "imagenet").status == 0)
    let array = try #require(Tensor<Float>(exactly: try Npy.read(folder.file("b.npy"))))
    #expect(array.shape == [1, 3, 8, 12])
    #expect(abs(array.values[1] - (9.0 / 255 - 0.485) / 0.229) < 1e-6)
    #expect(
      try run("convert", path, folder.file("c.npy"), "--tensor", "unit").output.contains("[1, 3, 8, 12] of float32"))
  }

  @Test func resizeGivesTheSizeAskedFor() throws {
    let image = picture(60, 40)
    let path = try saved(image)
    #expect(try run("resize", path, folder.file("a.png"), "--width", "30").output.contains("30 x 20"))
    #expect(try Image(contentsOf: folder.file("a.png")) == image.resized(width: 30, height: 20))
    #expect(
      try run("resize", path, folder.file("b.png"), "--width", "7", "--height", "50", "--filter", "bicubic").status == 0
    )
    #expect(try Image(contentsOf: folder.file("b.png")) == image.resized(width: 7, height: 50, using: .bicubic))
    #expect(try run("resize", path, folder.file("c.png"), "--shortest", "20", "--crop", "16").status == 0)
    #expect(
      try Image(contentsOf: folder.file("c.png"))
        == image.resized(width: 30, height: 20).centerCropped(width: 16, height: 16))
    let large = try run("resize", path, folder.file("d.png"), "--shortest", "20", "--crop", "21")
    #expect(large.status == 1 && large.errors.contains("30 x 20"))
  }

  @Test func wrongFilesAreNamed() throws {
    let text = folder.file("text.png")
    try "GIF89a, they said".write(toFile: text, atomically: true, encoding: .utf8)
    for command in [["info", text], ["convert", text, "x.jpg"], ["resize", text, "x.jpg", "--width", "3"]] {
      let outcome = try d2l.run(["image"] + command, in: folder.path)
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors.contains("text.png, byte 0") && outcome.errors.contains("GIF"), "\(outcome.errors)")
    }
    let path = try saved(picture(channels: 4))
    let alpha = try run("convert", path, folder.file("x.jpg"))
    #expect(alpha.status == 1 && alpha.errors.contains("--channels 3"))
    #expect(try run("convert", folder.file("none.png"), folder.file("x.jpg")).errors.contains("none.png"))
  }

  @Test(arguments: [
    ["frob"], ["info"], ["convert", "a.png"], ["convert", "a.png", "b.gif"],
    ["convert", "a.png", "b.png", "--tensor", "unit"],
    ["convert", "a.png", "b.jpg", "--quality", "0"], ["convert", "a.png", "b.png", "--quality", "50"],
    ["convert", "a.png", "b.png", "--progressive"], ["convert", "a.png", "b.png", "--channels", "5"],
    ["resize", "a.png", "b.png"], ["resize", "a.png", "b.png", "--width", "0"],
    ["resize", "a.png", "b.png", "--width", "3", "--shortest", "3"], ["resize", "a.png", "b.npy", "--width", "3"],
  ])
  func wrongCommandLines(_ arguments: [String]) throws {
    let outcome = try d2l.run(["image"] + arguments)
    #expect(
      outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains("Usage: d2l image"), "\(outcome.errors)")
  }
}
