import D2LCore
import D2LVision
import Testing

@Suite struct ResizedImagesTests {
  private let images = SyntheticShapes.dataset(count: 7, seed: 3)

  /// Pillow's resizing, which the book uses, gives bytes: rounded once across and once down.
  @Test(arguments: [32, 67, 96, 224]) func isThatOfTheBook(_ size: Int) throws {
    let loader = DataLoader(images.resized(to: size), batchSize: 4)
    let batch = try #require(try loader.batches().next())
    #expect(batch.inputs.shape == [4, 1, size, size])
    #expect(batch.labels == images.labels[0..<4])
    for number in 0..<4 {
      let picture = Image(width: 28, height: 28, channels: 1, pixels: images.images[number].values)
      let expected = picture.resized(width: size, height: size).pixels.map { Float($0) }
      let actual = (batch.inputs[number] * 255).values
      let difference = zip(actual, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference < 1.01)
    }
  }

  @Test func theSameSizeIsTheSameImages() throws {
    let plain = try #require(try DataLoader(images, batchSize: 7).batches().next())
    let resized = try #require(try DataLoader(images.resized(to: 28), batchSize: 7).batches().next())
    #expect(plain.inputs == resized.inputs)
  }
}
