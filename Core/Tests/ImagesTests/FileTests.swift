import D2LImages
import Foundation
import Testing

@Suite struct FileTests {
  @Test func extensionsDecideTheFormat() throws {
    try inTemporaryFolder { folder in
      let image = slopes(width: 16, height: 16, channels: 3)
      for (name, format) in [("a.png", ImageFormat.png), ("b.PNG", .png), ("c.jpg", .jpeg), ("d.x.JPEG", .jpeg)] {
        try image.write(to: folder + "/" + name)
        #expect(try ImageHeader(contentsOf: folder + "/" + name).format == format)
        expectClose(try Image(contentsOf: folder + "/" + name), image, within: format == .png ? 0 : 20)
      }
      // Temporary files are gone.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 4)
      for name in ["a.gif", "png", "a.png.txt", "folder.png/a"] {
        let error = #expect(throws: ImageError.self) { try image.write(to: folder + "/" + name) }
        #expect(error?.reason == .unknownFormat && error?.help?.contains(".png") == true)
      }
      let contradiction = #expect(throws: ImageError.self) { try image.write(to: folder + "/a.png", encoding: .jpeg()) }
      #expect(contradiction?.reason == .unknownFormat)
      try image.write(to: folder + "/plain", encoding: .png())
      #expect(try Image(contentsOf: folder + "/plain") == image)
    }
  }

  @Test func sixteenBitFiles() throws {
    try inTemporaryFolder { folder in
      let image = Image16(width: 2, height: 1, channels: 1, pixels: [300, 40_000])
      try image.write(to: folder + "/deep.png")
      #expect(try Image16(contentsOf: folder + "/deep.png") == image)
      #expect(throws: ImageError.self) { try image.write(to: folder + "/deep.jpg") }
    }
  }

  @Test func oldFilesSurviveFailedWrites() throws {
    try inTemporaryFolder { folder in
      let path = folder + "/a.jpg"
      let image = slopes(width: 16, height: 16, channels: 3)
      try image.write(to: path)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(throws: ImageError.self) { try image.converted(toChannels: 4).write(to: path) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      try image.flippedHorizontally().write(to: path)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) != before)
    }
  }

  @Test func fullDisksLeaveTheOldFileAndNothingElse() async {
    await #expect(processExitsWith: .success) {
      try inTemporaryFolder { folder in
        let path = folder + "/a.png"
        let small = Image(width: 1, height: 1, filledWith: [7])
        try small.write(to: path)
        // Files of this process end at 4,000 bytes: as good as a full disk.
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 4_000, rlim_max: 4_000)
        // RLIMIT_FSIZE, which has different types on different systems.
        #expect(setrlimit(.init(1), &limit) == 0)
        let error = #expect(throws: ImageError.self) {
          try noise(width: 100, height: 100, channels: 3).write(to: path)
        }
        #expect(error?.reason == .file && error?.problem.contains("cannot write the file") == true)
        #expect(try Image(contentsOf: path) == small)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.png"])
      }
    }
  }

  @Test func whatCannotBeReadOrWrittenIsNamed() throws {
    try inTemporaryFolder { folder in
      let image = Image(width: 1, height: 1, filledWith: [0])
      func check(_ path: String, _ text: String, _ body: () throws -> Void) {
        let error = #expect(throws: ImageError.self) { try body() }
        #expect(error?.reason == .file && error?.file == path, "\(path)")
        #expect(error?.description.contains(text) == true && error?.description.contains(path) == true, "\(path)")
      }
      check(folder + "/none.png", "No such file") { _ = try Image(contentsOf: folder + "/none.png") }
      check(folder, "not a file but a folder") { _ = try Image(contentsOf: folder) }
      check(folder + "/none/a.png", "No such file") { try image.write(to: folder + "/none/a.png") }
      try FileManager.default.createDirectory(atPath: folder + "/b.png", withIntermediateDirectories: false)
      check(folder + "/b.png", "has this name") { try image.write(to: folder + "/b.png") }
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      check(folder + "/pipe", "pipe") { _ = try Image(contentsOf: folder + "/pipe") }
    }
  }

  @Test func foreignFormatsAreNamed() {
    for (head, name) in [
      ("GIF89a....", "GIF"), ("BM......", "BMP"), ("RIFF....WEBPVP8 ", "WebP"), ("II*\0....", "TIFF"),
      ("P6\n1 1\n255\n", "PNM"), ("<!DOCTYPE html>", "HTML"),
    ] {
      let error = #expect(throws: ImageError.self) { try Image(decoding: Array(head.utf8)) }
      #expect(error?.reason == .unknownFormat && error?.problem.contains(name) == true, "\(name)")
    }
    let empty = #expect(throws: ImageError.self) { try Image(decoding: []) }
    #expect(empty?.problem.contains("empty") == true)
    let noise = #expect(throws: ImageError.self) { try Image(decoding: [1, 2, 3]) }
    #expect(noise?.description == "image, byte 0: only PNG and JPEG are read")
  }

  @Test func brokenSignaturesAreExplained() throws {
    var bytes = try Image(width: 4, height: 4, filledWith: [1]).encoded()
    // What a transfer that "corrects" line ends leaves.
    bytes.remove(at: 4)
    let error = #expect(throws: ImageError.self) { try Image(decoding: bytes) }
    #expect(error?.reason == .damaged && error?.problem.contains("ASCII conversion") == true)
  }

  @Test func hostileTextIsShownAsText() {
    let error = ImageError(.damaged, file: "a\u{1B}[31m\u{202E}b", offset: 7, problem: "bad", help: "fetch it again")
    #expect(error.description == "a?[31m?b, byte 7: bad\nhelp: fetch it again")
  }
}
