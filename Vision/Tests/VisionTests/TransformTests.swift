import D2LCore
import D2LTestSupport
import D2LVision
import Foundation
import Testing

@Suite struct TransformTests {
  /// A picture by formula, as Tools/Parity/image_transforms.py makes it.
  private func picture(_ width: Int, _ height: Int) -> Image {
    let values: Tensor<Float> = Formula.uniform([height, width, 3], 5, from: 0, to: 256)
    return Image(width: width, height: height, channels: 3, pixels: values.values.map { UInt8($0) })
  }

  private func expected(_ golden: Golden, _ key: String) throws -> [UInt8] {
    let text = try #require(try golden.entry(key) as? String)
    return [UInt8](try #require(Data(base64Encoded: text)))
  }

  @Test func colorsAreThoseOfPillow() throws {
    let golden = try Golden("image_transforms")
    let image = picture(24, 16)
    let changes: [(String, Image)] = [
      ("brightness 0.4", image.withBrightness(0.4)), ("brightness 1.7", image.withBrightness(1.7)),
      ("contrast 0.3", image.withContrast(0.3)), ("contrast 1.6", image.withContrast(1.6)),
      ("saturation 0", image.withSaturation(0)), ("saturation 0.5", image.withSaturation(0.5)),
      ("saturation 1.9", image.withSaturation(1.9)), ("hue 0.1", image.withHueTurned(by: 0.1)),
      ("hue -0.35", image.withHueTurned(by: -0.35)), ("hue 0.5", image.withHueTurned(by: 0.5)),
    ]
    for (name, found) in changes { #expect(try found.pixels == expected(golden, name), "\(name)") }
  }

  /// Resized, cut and normalised exactly as torchvision's `ImageClassification` does to a PIL image.
  @Test(arguments: [(300, 200), (200, 300), (97, 100), (224, 224), (640, 31)])
  func preprocessingIsTorchvisions(_ width: Int, _ height: Int) throws {
    let golden = try Golden("image_transforms")
    for (shorterSide, crop) in [(256, 224), (232, 224), (40, 32)] {
      let found = ImagePreprocessing(shorterSide: shorterSide, crop: crop)(picture(width, height))
      let problem = try golden.mismatch(found, with: "\(width)x\(height) \(shorterSide) \(crop)", relative: 1e-6)
      #expect(problem == nil)
    }
  }

  @Test(arguments: [(1, 1), (20_000, 1), (1, 20_000), (3, 7)]) func extremeSizesCostNoMore(_ width: Int, _ height: Int)
  {
    let image = Image(width: width, height: height, filledWith: [200, 100, 50])
    let found = ImagePreprocessing.imageNet(image)
    #expect(found.shape == [3, 224, 224])
    let even = Tensor<Float>(Image(width: 224, height: 224, filledWith: [200, 100, 50]), normalizedBy: .imageNet)
    #expect(found.values == even.values)
    var generator = RandomGenerator(seed: 1)
    let augmented = RandomResizedCrop(32)(image, using: &generator)
    #expect(augmented == Image(width: 32, height: 32, filledWith: [200, 100, 50]))
    #expect(RandomCrop(32, padding: 4)(image, using: &generator).width == 32)
  }

  @Test func randomPartsLieWithinTheirBounds() {
    // Every pixel knows its place: red its column, green its row.
    let side = 200
    var image = Image(width: side, height: side, filledWith: [0, 0, 0])
    for y in 0..<side { for x in 0..<side { image[x, y] = [UInt8(x), UInt8(y), 0] } }
    var generator = RandomGenerator(seed: 4)
    var areas: [Double] = []
    for _ in 0..<300 {
      let part = RandomResizedCrop(16, area: 0.25...0.5)(image, using: &generator)
      // Corners of the resized part lie half a new pixel inside the part's corners.
      let width = (Double(part[15, 8][0]) - Double(part[0, 8][0])) * 16 / 15
      let height = (Double(part[8, 15][1]) - Double(part[8, 0][1])) * 16 / 15
      areas.append(width * height / Double(side * side))
      #expect(width / height > 0.7 && width / height < 1.45)
    }
    #expect((areas.min() ?? 0) > 0.22 && (areas.max() ?? 1) < 0.54)
    #expect((areas.max() ?? 0) - (areas.min() ?? 0) > 0.15)
  }

  @Test func equalSeedsGiveEqualPicturesAndOthersDoNot() {
    let pipeline = ImagePipeline(
      [
        RandomResizedCrop(24), RandomHorizontalFlip(), RandomVerticalFlip(),
        ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1),
      ], normalization: .imageNet)
    func made(_ seed: UInt64) -> [Float] {
      var generator = RandomGenerator(seed: seed)
      return pipeline(picture(40, 30), using: &generator).values
    }
    #expect(made(1) == made(1))
    #expect(made(1) != made(2))
  }

  @Test func flipsHappenAsOftenAsAsked() {
    let image = picture(8, 8)
    var generator = RandomGenerator(seed: 9)
    let mirrored = (0..<400).count { _ in RandomHorizontalFlip(0.25)(image, using: &generator) != image }
    #expect(mirrored > 70 && mirrored < 130)
    #expect(RandomVerticalFlip(1)(image, using: &generator) == image.flippedVertically())
  }
}
