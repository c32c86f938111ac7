import D2LImages
import Testing

@Suite struct RearrangingTests {
  /// 1 2 3
  /// 4 5 6
  private let picture = Image(width: 3, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6])

  private func rows(_ image: Image) -> [[UInt8]] {
    (0..<image.height).map { y in (0..<image.width).flatMap { image[$0, y] } }
  }

  @Test func flips() {
    #expect(rows(picture.flippedHorizontally()) == [[3, 2, 1], [6, 5, 4]])
    #expect(rows(picture.flippedVertically()) == [[4, 5, 6], [1, 2, 3]])
    #expect(rows(picture.transposed()) == [[1, 4], [2, 5], [3, 6]])
  }

  @Test func quarterTurns() {
    #expect(rows(picture.rotated(quarterTurns: 1)) == [[4, 1], [5, 2], [6, 3]])
    #expect(rows(picture.rotated(quarterTurns: 2)) == [[6, 5, 4], [3, 2, 1]])
    #expect(rows(picture.rotated(quarterTurns: 3)) == [[3, 6], [2, 5], [1, 4]])
    #expect(picture.rotated(quarterTurns: -1) == picture.rotated(quarterTurns: 3))
    #expect(picture.rotated(quarterTurns: 4) == picture)
  }

  @Test(arguments: 1...4)
  func channelsStayTogether(channels: Int) {
    let image = noise(width: 5, height: 4, channels: channels)
    #expect(image.flippedHorizontally()[0, 3] == image[4, 3])
    #expect(image.flippedVertically()[2, 0] == image[2, 3])
    #expect(image.rotated(quarterTurns: 1)[3, 1] == image[1, 0])
    #expect(image.cropped(x: 1, y: 2, width: 3, height: 2)[2, 1] == image[3, 3])
    #expect(image.padded(top: 1, left: 2, with: .edge)[3, 2] == image[1, 1])
    #expect(image.transposed().transposed() == image)
  }

  @Test func crops() {
    #expect(rows(picture.cropped(x: 1, y: 0, width: 2, height: 2)) == [[2, 3], [5, 6]])
    #expect(rows(picture.centerCropped(width: 1, height: 2)) == [[2], [5]])
    // torchvision.transforms.functional.center_crop of a width of 7 to 4 and of 5 to 2 starts at column 2 both times.
    let line = Image(width: 7, height: 1, channels: 1, pixels: [0, 1, 2, 3, 4, 5, 6])
    #expect(line.centerCropped(width: 4, height: 1).pixels == [2, 3, 4, 5])
    #expect(line.cropped(x: 0, y: 0, width: 5, height: 1).centerCropped(width: 2, height: 1).pixels == [2, 3])
  }

  @Test func margins() {
    let (red, green) = (UInt8(9), UInt8(8))
    let pair = Image(width: 1, height: 1, filledWith: [1, 2])
    #expect(pair.padded(left: 1, with: .color([red, green])).pixels == [9, 8, 1, 2])
    #expect(
      rows(picture.padded(top: 1, left: 1, bottom: 1, right: 2, with: .color([0]))) == [
        [0, 0, 0, 0, 0, 0], [0, 1, 2, 3, 0, 0], [0, 4, 5, 6, 0, 0], [0, 0, 0, 0, 0, 0],
      ])
    #expect(
      rows(picture.padded(top: 2, left: 1, with: .edge)) == [
        [1, 1, 2, 3], [1, 1, 2, 3], [1, 1, 2, 3], [4, 4, 5, 6],
      ])
    #expect(
      rows(picture.padded(top: 1, left: 2, bottom: 1, right: 1, with: .reflect)) == [
        [6, 5, 4, 5, 6, 5], [3, 2, 1, 2, 3, 2], [6, 5, 4, 5, 6, 5], [3, 2, 1, 2, 3, 2],
      ])
  }

  @Test func drawingAndFilling() {
    var sheet = Image(width: 4, height: 3, filledWith: [0])
    sheet.draw(picture.cropped(x: 0, y: 0, width: 2, height: 2), x: 2, y: 1)
    sheet.fill(x: 0, y: 0, width: 2, height: 1, [7])
    #expect(rows(sheet) == [[7, 7, 0, 0], [0, 0, 1, 2], [0, 0, 4, 5]])
    sheet[0, 2] = [3]
    #expect(sheet.pixels[8] == 3)
  }

  @Test func mistakesNameTheNumbers() async {
    let crop = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Image(width: 3, height: 2, filledWith: [0]).cropped(x: 2, y: 0, width: 2, height: 1)
    }
    #expect(text(crop).contains("2 x 1 pixels at (2, 0) do not lie in 3 x 2"))
    let samples = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Image(width: 3, height: 2, channels: 3, pixels: [0])
    }
    #expect(text(samples).contains("1 samples for 3 x 2 pixels of 3 channels, 18 needed"))
    let mirror = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Image(width: 3, height: 2, filledWith: [0]).padded(top: 2, with: .reflect)
    }
    #expect(text(mirror).contains("(2, 0, 0, 0) cannot mirror 3 x 2"))
  }

  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }
}

@Suite struct ColorTests {
  @Test func conversions() {
    let color = Image(width: 1, height: 1, filledWith: [10, 200, 30, 77])
    // Pillow: Image.new("RGB", (1, 1), (10, 200, 30)).convert("L") is 124.
    #expect(color.converted(toChannels: 1).pixels == [124])
    #expect(color.converted(toChannels: 2).pixels == [124, 77])
    #expect(color.converted(toChannels: 3).pixels == [10, 200, 30])
    let gray = Image(width: 1, height: 1, filledWith: [5])
    #expect(gray.converted(toChannels: 2).pixels == [5, 255])
    #expect(gray.converted(toChannels: 3).pixels == [5, 5, 5])
    #expect(gray.converted(toChannels: 4).pixels == [5, 5, 5, 255])
    let veil = Image(width: 1, height: 1, filledWith: [5, 9])
    #expect(veil.converted(toChannels: 1).pixels == [5])
    #expect(veil.converted(toChannels: 3).pixels == [5, 5, 5])
    #expect(veil.converted(toChannels: 4).pixels == [5, 5, 5, 9])
  }

  @Test func grayStaysGray() {
    for value in UInt8.min ... .max {
      #expect(Image(width: 1, height: 1, filledWith: [value, value, value]).converted(toChannels: 1).pixels == [value])
    }
    let white = Image16(width: 1, height: 1, channels: 3, pixels: [65535, 65535, 65535])
    #expect(white.converted(toChannels: 2).pixels == [65535, 65535])
  }

  @Test func sixteenBitsRoundToTheNearest() {
    let image = Image16(width: 4, height: 1, channels: 1, pixels: [0, 128, 129, 65535])
    #expect(Image(image).pixels == [0, 0, 1, 255])
    let all = Image(width: 256, height: 1, channels: 1, pixels: Array(0...255))
    #expect(Image(Image16(all)) == all)
  }

  @Test func blending() {
    let image = Image(width: 3, height: 1, channels: 4, pixels: [255, 0, 9, 255, 255, 0, 9, 0, 255, 0, 9, 51])
    #expect(image.composited(over: [0, 100, 9]).pixels == [255, 0, 9, 0, 100, 9, 51, 80, 9])
    #expect(Image(width: 1, height: 1, filledWith: [3]).composited(over: [9]).pixels == [3])
  }
}
