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

  /// A window of a resized picture is what cutting it out afterwards gives.
  @Test(arguments: [(40, 30), (9, 50), (64, 64), (200, 7)], [1, 2, 3, 4]) func windowsAreCrops(
    _ size: (Int, Int), _ channels: Int
  ) {
    let image = noise(width: 33, height: 21, channels: channels)
    for method in Interpolation.allCases {
      for (width, height) in [size, (33, size.1), (size.0, 21), (33, 21)] {
        let whole = image.resized(width: width, height: height, using: method)
        for (x, y, w, h) in [
          (0, 0, width, height), (width / 3, height / 4, width / 2, height / 2), (width - 1, height - 1, 1, 1),
        ] {
          let window = image.cropped(
            x: x, y: y, width: w, height: h, afterResizingTo: (width, height), using: method)
          #expect(window == whole.cropped(x: x, y: y, width: w, height: h), "\(method) \(width) x \(height)")
        }
      }
    }
  }

  /// A strip that would have billions of pixels is cut before it is enlarged.
  @Test func windowsOfLongStripsAreCheap() {
    let strip = noise(width: 20_000, height: 1, channels: 3)
    let window = strip.cropped(x: 2_000_000, y: 16, width: 224, height: 224, afterResizingTo: (5_120_000, 256))
    #expect(window.width == 224 && window.height == 224)
    #expect(Array(window[0, 0]) == Array(window[0, 223]))
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
