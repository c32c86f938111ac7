import D2LImages
import Foundation
import Testing

@Suite struct ResizeTests {
  private static func pattern(_ size: [Int], _ channels: Int) -> Image {
    let pixels = (0..<size[0] * size[1] * channels).map { (i: Int) -> UInt8 in
      let value = i * i * 7 + i * 31 + (i / 8) * 57
      return UInt8(value % 256)
    }
    return Image(width: size[0], height: size[1], channels: channels, pixels: pixels)
  }

  private static func resized(_ golden: ResizeGolden) throws -> Image {
    let method = try #require(Interpolation.allCases.first { "\($0)" == golden.method })
    return pattern(golden.from, golden.channels)
      .resized(width: golden.to[0], height: golden.to[1], using: method, antialias: golden.antialias)
  }

  @Test func equalToPillowAndPyTorch() throws {
    for golden in ResizeGolden.all {
      let wanted = [UInt8](try #require(Data(base64Encoded: golden.pixels)))
      let reference = Image(width: golden.to[0], height: golden.to[1], channels: golden.channels, pixels: wanted)
      let name = "\(golden.method), antialias \(golden.antialias), \(golden.channels): \(golden.from) to \(golden.to)"
      let found = try Self.resized(golden)
      // Without antialias sums are in Float, and added in another order: halves may round the other way.
      expectClose(found, reference, within: golden.antialias ? 0 : 1, name)
      let differing = zip(found.pixels, wanted).count { $0 != $1 }
      #expect(differing <= wanted.count / 50, "\(name)")
    }
    #expect(ResizeGolden.all.count == 65)
  }

  @Test func largePicturesEqualPillow() throws {
    for golden in ResizeGolden.large {
      #expect(sha256(try Self.resized(golden).pixels) == golden.pixels, "\(golden)")
    }
    #expect(ResizeGolden.large.count == 18)
  }

  @Test func sameSizeIsTheSamePicture() {
    let image = noise(width: 7, height: 9, channels: 4)
    for method in Interpolation.allCases {
      for antialias in [true, false] {
        #expect(image.resized(width: 7, height: 9, using: method, antialias: antialias) == image)
      }
    }
  }

  @Test func onePixelFillsAnySize() {
    let image = Image(width: 1, height: 1, filledWith: [9, 200, 255])
    for method in Interpolation.allCases {
      let sheet = Image(width: 30, height: 4, filledWith: [9, 200, 255])
      #expect(image.resized(width: 30, height: 4, using: method) == sheet)
    }
  }

  @Test func emptySizesAreNamed() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Image(width: 1, height: 1, filledWith: [0]).resized(width: 0, height: 4)
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("0 x 4 pixels"))
  }
}
