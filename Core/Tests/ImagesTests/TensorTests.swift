import D2LImages
import D2LTensor
import Testing

@Suite struct TensorTests {
  @Test(arguments: 1...4)
  func bytesKeepTheirOrder(channels: Int) {
    let image = noise(width: 5, height: 3, channels: channels)
    let tensor = Tensor<UInt8>(image)
    #expect(Array(tensor.shape) == [3, 5, channels])
    #expect(tensor.values == image.pixels)
    #expect(Image(tensor) == image)
  }

  @Test(arguments: 1...4)
  func floatsAreChannelsFirst(channels: Int) {
    let image = noise(width: 5, height: 3, channels: channels)
    let tensor = Tensor<Float>(image)
    #expect(Array(tensor.shape) == [channels, 3, 5])
    let values = tensor.values
    for channel in 0..<channels {
      for y in 0..<3 {
        for x in 0..<5 { #expect(values[(channel * 3 + y) * 5 + x] == Float(image[x, y][channel]) / 255) }
      }
    }
    #expect(Image(tensor) == image)
  }

  @Test func imageNetNormalization() {
    let image = Image(width: 2, height: 1, channels: 3, pixels: [10, 200, 30, 0, 128, 255])
    let found = Tensor<Float>(image, normalizedBy: .imageNet).values
    // PyTorch: x.div(255).sub(mean).div(std) of the same bytes.
    let wanted: [Float] = [-1.9466565, -2.1179039, 1.4656863, 0.20518219, -1.2815686, 2.6400001]
    for (one, other) in zip(found, wanted) { #expect(abs(one - other) < 1e-6, "\(found), not \(wanted)") }
    #expect(found.count == wanted.count)
  }

  @Test func normalizationIsUndone() {
    let image = noise(width: 16, height: 16, channels: 3)
    let tensor = Tensor<Float>(image, normalizedBy: .imageNet)
    #expect(Image(tensor, undoing: .imageNet) == image)
    #expect(Image(tensor) != image)
  }

  @Test func rangesAreMappedAndClipped() {
    let values: [Float] = [-1, 0, 1, -3, 3, .nan, .infinity, -.infinity]
    let image = Image(Tensor<Float>(shape: [2, 4], values: values), mapping: -1...1)
    #expect(image == Image(width: 4, height: 2, channels: 1, pixels: [0, 128, 255, 0, 255, 0, 255, 0]))
  }

  @Test func batchesBecomePictures() {
    let first = noise(width: 3, height: 2, channels: 3, seed: 1)
    let second = noise(width: 3, height: 2, channels: 3, seed: 2)
    let batch = Tensor(stacking: [Tensor<Float>(first), Tensor<Float>(second)])
    #expect([Image](batch: batch) == [first, second])
  }

  @Test func viewsAreReadInTheirOrder() {
    let image = noise(width: 4, height: 3, channels: 2)
    let flipped = Tensor<UInt8>(image).permuted(1, 0, 2)
    #expect(Image(flipped) == image.transposed())
  }

  @Test func sixteenBits() {
    let image = Image16(width: 2, height: 1, channels: 1, pixels: [7, 65535])
    #expect(Tensor<Int32>(image).values == [7, 65535])
  }

  @Test func wrongShapesAreNamed() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Image(Tensor<Float>(zeros: [5, 3, 2]))
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("[5, 3, 2] is no picture"))
    let means = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(Image(width: 1, height: 1, filledWith: [0]), normalizedBy: .imageNet)
    }
    let meansText = String(decoding: means?.standardErrorContent ?? [], as: UTF8.self)
    #expect(meansText.contains("3 means for a picture of 1"))
  }
}
