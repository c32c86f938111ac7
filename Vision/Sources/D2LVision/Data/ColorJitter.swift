import D2LCore
import Foundation

/// Random changes of brightness, contrast, saturation and hue, in random order (torchvision's `ColorJitter`; book 13.1).
public struct ColorJitter: ImageTransform {
  private enum Change: CaseIterable { case brightness, contrast, saturation, hue }
  private let brightness, contrast, saturation, hue: Double

  /// Factors are uniform on 1 ± the given amounts, none below 0; the hue turns by up to ± its amount of the whole circle, half a circle at most.
  public init(brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0) {
    require(
      min(brightness, contrast, saturation, hue) >= 0 && hue <= 0.5, "ColorJitter",
      "brightness \(brightness), contrast \(contrast), saturation \(saturation), hue \(hue)")
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  /// The picture in other colors.
  public func callAsFunction(_ image: Image, using generator: inout RandomGenerator) -> Image {
    func factor(_ amount: Double) -> Double { generator.uniform(in: max(0, 1 - amount)...1 + amount) }
    let order = generator.permutation(Change.allCases.count).values.map { Change.allCases[Int($0)] }
    var image = image
    for change in order {
      switch change {
      case .brightness: if brightness > 0 { image = image.withBrightness(factor(brightness)) }
      case .contrast: if contrast > 0 { image = image.withContrast(factor(contrast)) }
      case .saturation: if saturation > 0 { image = image.withSaturation(factor(saturation)) }
      case .hue: if hue > 0 { image = image.withHueTurned(by: generator.uniform(in: -hue...hue)) }
      }
    }
    return image
  }
}

/// The results are those of Pillow's `ImageEnhance` and of torchvision's `adjust_hue`, bit for bit.
extension Image {
  /// Colors times a factor: 0 is black, 1 the picture as it is.
  public func withBrightness(_ factor: Double) -> Image { blended(factor) { _, _ in 0 } }

  /// Distances from the mean brightness times a factor: 0 is gray, 1 the picture as it is.
  public func withContrast(_ factor: Double) -> Image {
    let gray = converted(toChannels: 1).pixels
    let mean = Int(Double(gray.reduce(0) { $0 + Int($1) }) / Double(gray.count) + 0.5)
    return blended(factor) { _, _ in mean }
  }

  /// Distances from gray times a factor: 0 is without color, 1 the picture as it is.
  public func withSaturation(_ factor: Double) -> Image {
    if channels < 3 { return self }
    let gray = converted(toChannels: 1).pixels
    return blended(factor) { pixel, _ in Int(gray[pixel]) }
  }

  /// Every color sample on the line from `base` (0) through itself (1) at `factor`; alpha stays.
  private func blended(_ factor: Double, with base: (_ pixel: Int, _ channel: Int) -> Int) -> Image {
    let alpha = Float(factor)
    let colors = channels <= 2 ? 1 : 3
    var result = pixels
    for pixel in 0..<width * height {
      for channel in 0..<colors {
        let place = pixel * channels + channel
        let start = base(pixel, channel)
        let value = Float(start) + alpha * Float(Int(pixels[place]) - start)
        result[place] = UInt8(max(0, min(255, value)))
      }
    }
    return Image(width: width, height: height, channels: channels, pixels: result)
  }

  /// The hue turned by a part of the whole circle: ±0.5 is the opposite color.
  public func withHueTurned(by turn: Double) -> Image {
    if channels < 3 { return self }
    let steps = UInt8(truncatingIfNeeded: Int(turn * 255))
    var result = pixels
    for place in stride(from: 0, to: result.count, by: channels) {
      var color = HSV(red: result[place], green: result[place + 1], blue: result[place + 2])
      color.hue &+= steps
      (result[place], result[place + 1], result[place + 2]) = color.rgb
    }
    return Image(width: width, height: height, channels: channels, pixels: result)
  }
}

/// A color by hue, saturation and value of eight bits each, converted as Pillow's `Convert.c` does.
struct HSV {
  var hue, saturation, value: UInt8

  init(red: UInt8, green: UInt8, blue: UInt8) {
    let (largest, smallest) = (max(red, green, blue), min(red, green, blue))
    value = largest
    guard largest != smallest else {
      (hue, saturation) = (0, 0)
      return
    }
    let range = Float(largest - smallest)
    func distance(_ sample: UInt8) -> Float { Float(largest - sample) / range }
    let angle: Float =
      red == largest
      ? distance(blue) - distance(green)
      : green == largest
        ? Float(2 + Double(distance(red)) - Double(distance(blue)))
        : Float(4 + Double(distance(green)) - Double(distance(red)))
    let turn = Float(fmod(Double(angle) / 6 + 1, 1))
    hue = UInt8(min(255, Int(Double(turn) * 255)))
    saturation = UInt8(min(255, Int(Double(range / Float(largest)) * 255)))
  }

  var rgb: (UInt8, UInt8, UInt8) {
    if saturation == 0 { return (value, value, value) }
    let position = Double(hue) * 6 / 255
    let sector = Int(position)
    let fraction = Float(position - Double(sector))
    let share = Float(Double(saturation) / 255)
    func level(_ factor: Double) -> UInt8 { UInt8(max(0, min(255, (Double(value) * factor).rounded()))) }
    let p = level(1 - Double(share))
    let q = level(1 - Double(share * fraction))
    let t = level(1 - Double(share) * (1 - Double(fraction)))
    switch sector % 6 {
    case 0: return (value, t, p)
    case 1: return (q, value, p)
    case 2: return (p, value, t)
    case 3: return (p, q, value)
    case 4: return (t, p, value)
    default: return (value, p, q)
    }
  }
}
