import D2LCore
import Foundation

/// A change of a picture on its way into a network. What is random in it is drawn from the generator that is given.
public protocol ImageTransform: Sendable {
  /// The changed picture.
  func callAsFunction(_ image: Image, using generator: inout RandomGenerator) -> Image
}

/// Transforms one after the other, then the array that a network takes: `[channels, height, width]`, normalised.
///
/// ```swift
/// let training = ImagePipeline(
///   [RandomResizedCrop(224), RandomHorizontalFlip(), ColorJitter(brightness: 0.4)], normalization: .imageNet)
/// ```
public struct ImagePipeline: Sendable {
  /// The transforms in order.
  public var transforms: [any ImageTransform]
  /// The shift and scale of each channel; nil leaves values on 0 ... 1.
  public var normalization: ImageNormalization?

  /// The given transforms in order.
  public init(_ transforms: [any ImageTransform], normalization: ImageNormalization? = nil) {
    self.transforms = transforms
    self.normalization = normalization
  }

  /// The picture after all transforms.
  public func transformed(_ image: Image, using generator: inout RandomGenerator) -> Image {
    transforms.reduce(image) { image, transform in transform(image, using: &generator) }
  }

  /// The array for a network.
  public func callAsFunction(_ image: Image, using generator: inout RandomGenerator) -> Tensor<Float> {
    Tensor(transformed(image, using: &generator), normalizedBy: normalization)
  }
}

/// Resizes, as Pillow's bilinear filter does.
public struct Resize: ImageTransform {
  private enum Target: Sendable {
    case shorterSide(Int)
    case exactly(width: Int, height: Int)
  }
  private let target: Target

  /// The shorter side becomes `size` pixels long, the other in proportion.
  public init(_ size: Int) {
    require(size > 0, "Resize", "to \(size) pixels")
    target = .shorterSide(size)
  }

  /// Width and height as given, whatever the proportions were.
  public init(width: Int, height: Int) {
    require(width > 0 && height > 0, "Resize", "to \(width) x \(height) pixels")
    target = .exactly(width: width, height: height)
  }

  /// The resized picture.
  public func callAsFunction(_ image: Image, using generator: inout RandomGenerator) -> Image {
    switch target {
    case .shorterSide(let size):
      let (width, height) = image.size(shorterSide: size)
      return image.resized(width: width, height: height)
    case .exactly(let width, let height): return image.resized(width: width, height: height)
    }
  }
}

extension Image {
  /// The size that keeps the proportions with a shorter side of `length` pixels; the longer one is rounded down, as in torchvision.
  func size(shorterSide length: Int) -> (width: Int, height: Int) {
    width <= height ? (length, length * height / width) : (length * width / height, length)
  }
}

/// Resizes to a shorter side and cuts out the middle: what is done to a picture before it is classified. Only what is left of the picture is computed.
public struct ResizedCenterCrop: ImageTransform {
  private let size, shorterSide: Int

  /// The middle `size` × `size` pixels after resizing to `shorterSide`.
  public init(_ size: Int, shorterSide: Int) {
    require(size > 0 && size <= shorterSide, "ResizedCenterCrop", "\(size) pixels out of \(shorterSide)")
    self.size = size
    self.shorterSide = shorterSide
  }

  /// The middle of the picture.
  public func callAsFunction(_ image: Image, using generator: inout RandomGenerator) -> Image { self(image) }

  /// The same; nothing about it is random.
  public func callAsFunction(_ image: Image) -> Image {
    let whole = image.size(shorterSide: shorterSide)
    // torchvision rounds the halves to even.
    let x = Int((Double(whole.width - size) / 2).rounded(.toNearestOrEven))
    let y = Int((Double(whole.height - size) / 2).rounded(.toNearestOrEven))
    return image.cropped(x: x, y: y, width: size, height: size, afterResizingTo: whole)
  }
}

/// Cuts out a square at a random place, with black margins around the picture first (He et al., 2015, for CIFAR: 4 pixels, then 32 × 32).
public struct RandomCrop: ImageTransform {
  private let size, padding: Int

  /// `size` × `size` pixels.
  public init(_ size: Int, padding: Int = 0) {
    require(size > 0 && padding >= 0, "RandomCrop", "\(size) pixels, margins of \(padding)")
    self.size = size
    self.padding = padding
  }

  /// A part of the picture; one that is too small gets wider margins.
  public func callAsFunction(_ image: Image, using generator: inout RandomGenerator) -> Image {
    let horizontal = max(padding, (size - image.width + 1) / 2)
    let vertical = max(padding, (size - image.height + 1) / 2)
    let black = [UInt8](repeating: 0, count: image.channels)
    let sheet =
      max(horizontal, vertical) == 0
      ? image
      : image.padded(top: vertical, left: horizontal, bottom: vertical, right: horizontal, with: .color(black))
    let x = generator.integer(below: sheet.width - size + 1)
    let y = generator.integer(below: sheet.height - size + 1)
    return sheet.cropped(x: x, y: y, width: size, height: size)
  }
}

/// A part of random area and proportions, resized to a square (Szegedy et al., 2014): the usual augmentation for ImageNet.
public struct RandomResizedCrop: ImageTransform {
  private let size: Int
  private let area, ratio: ClosedRange<Double>

  /// `size` × `size` pixels of a part that has the given share of the picture's area and the given width for its height.
  public init(_ size: Int, area: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 0.75...4.0 / 3) {
    require(
      size > 0 && area.lowerBound > 0 && area.upperBound <= 1 && ratio.lowerBound > 0, "RandomResizedCrop",
      "\(size) pixels of \(area) of the area, ratio \(ratio)")
    self.size = size
    self.area = area
    self.ratio = ratio
  }

  /// A part of the picture.
  public func callAsFunction(_ image: Image, using generator: inout RandomGenerator) -> Image {
    let part = part(of: image, using: &generator)
    return image.cropped(x: part.x, y: part.y, width: part.width, height: part.height)
      .resized(width: size, height: size)
  }

  private func part(
    of image: Image, using generator: inout RandomGenerator
  ) -> (x: Int, y: Int, width: Int, height: Int) {
    for _ in 0..<10 {
      let wanted = Double(image.width * image.height) * generator.uniform(in: area)
      // Uniform in the logarithm: twice as wide is as likely as twice as high.
      let proportion = exp(generator.uniform(in: log(ratio.lowerBound)...log(ratio.upperBound)))
      let width = Int((wanted * proportion).squareRoot().rounded())
      let height = Int((wanted / proportion).squareRoot().rounded())
      guard width > 0 && height > 0 && width <= image.width && height <= image.height else { continue }
      let y = generator.integer(below: image.height - height + 1)
      let x = generator.integer(below: image.width - width + 1)
      return (x, y, width, height)
    }
    // Too long or too high a picture: the middle, as near to its proportions as is allowed.
    let proportion = Double(image.width) / Double(image.height)
    var (width, height) = (image.width, image.height)
    if proportion < ratio.lowerBound { height = max(1, Int((Double(width) / ratio.lowerBound).rounded())) }
    if proportion > ratio.upperBound { width = max(1, Int((Double(height) * ratio.upperBound).rounded())) }
    return ((image.width - width) / 2, (image.height - height) / 2, width, height)
  }
}

/// Mirrors left and right with some probability.
public struct RandomHorizontalFlip: ImageTransform {
  private let probability: Double

  /// A mirror for this share of the pictures.
  public init(_ probability: Double = 0.5) { self.probability = probability }

  /// The picture or its mirror image.
  public func callAsFunction(_ image: Image, using generator: inout RandomGenerator) -> Image {
    generator.uniform() < probability ? image.flippedHorizontally() : image
  }
}

/// Turns the picture upside down (a mirror, not a rotation) with some probability.
public struct RandomVerticalFlip: ImageTransform {
  private let probability: Double

  /// A mirror for this share of the pictures.
  public init(_ probability: Double = 0.5) { self.probability = probability }

  /// The picture or its mirror image.
  public func callAsFunction(_ image: Image, using generator: inout RandomGenerator) -> Image {
    generator.uniform() < probability ? image.flippedVertically() : image
  }
}

extension RandomGenerator {
  /// A number uniform on a range.
  mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A whole number from 0 to below `bound`.
  mutating func integer(below bound: Int) -> Int { min(Int(uniform() * Double(bound)), bound - 1) }
}
