import D2LTensor
import Foundation

/// Ten classes of hatched figures, made by formula: a stand-in for Fashion-MNIST that needs no files.
///
/// Each image of 28×28 pixels shows one of five figures at a random place, size, angle and brightness, on noise, hatched in rows or in columns of
/// random spacing and phase. Weighing pixels one by one (a linear model) tells the figures apart but not the direction of the
/// hatching, which changes no pixel's average: it ends near one half. A convolutional network sees both.
public enum SyntheticShapes {
  private static let figures = ["square", "ring", "bar", "cross", "triangle"]
  /// The names of the ten classes.
  public static let classNames = figures.flatMap { [$0 + " in rows", $0 + " in columns"] }
  /// Height and width of an image.
  public static let size = 28

  /// `count` images with classes in turn, the same for the same seed.
  public static func dataset(count: Int, seed: UInt64) -> ImageDataset {
    let pixels = size * size
    let generator = RandomGenerator(seed: seed)
    let images = Tensor<UInt8>(shape: [count, size, size]) { buffer in
      for number in 0..<count {
        var stream = generator.stream(UInt64(number))
        draw(
          number % classNames.count,
          into: UnsafeMutableBufferPointer(rebasing: buffer[(number * pixels)..<((number + 1) * pixels)]),
          using: &stream)
      }
    }
    let labels = Tensor<Int64>((0..<count).map { Int64($0 % classNames.count) })
    return ImageDataset(images: images, labels: labels, classNames: classNames)
  }

  private typealias Point = SIMD2<Float>

  private static func box(_ point: Point, width: Float, height: Float) -> Float {
    max(abs(point.x) - width, abs(point.y) - height)
  }

  /// How far a point lies outside of a figure of radius 1; negative inside.
  private static func distance(_ figure: Int, _ point: Point) -> Float {
    switch figure {
    case 0: return box(point, width: 0.95, height: 0.95)
    case 1: return abs((point * point).sum().squareRoot() - 0.75) - 0.25
    case 2: return box(point, width: 0.22, height: 1)
    case 3: return min(box(point, width: 0.22, height: 1), box(point, width: 1, height: 0.22))
    default: return max(point.y - 0.75, 0.87 * abs(point.x) - 0.5 * point.y - 0.55)
    }
  }

  private static func draw(
    _ number: Int, into image: UnsafeMutableBufferPointer<UInt8>, using generator: inout RandomGenerator
  ) {
    let choices = Tensor<Float>(randomUniform: [7], using: &generator).values
    let noise = Tensor<Float>(randomNormal: [size * size], standardDeviation: 0.08, using: &generator)
    let (figure, isInColumns) = (number / 2, number % 2 == 1)
    let angle = (choices[0] - 0.5) * 0.4
    let radius = 11 + 2 * choices[1]
    let center = (Point(choices[2], choices[3]) - 0.5) * 3 + Float(size) / 2
    let spacing = 7 + choices[4]
    let phase = choices[5]
    let brightness = 0.85 + 0.15 * choices[6]
    let (sine, cosine) = (sin(angle), cos(angle))
    noise.withUnsafeBufferPointer { noise in
      for row in 0..<size {
        for column in 0..<size {
          let offset = Point(Float(column) + 0.5, Float(row) + 0.5) - center
          let turned = Point(cosine * offset.x + sine * offset.y, cosine * offset.y - sine * offset.x)
          // Edges are one pixel wide; strokes cover a bit more than half of the figure.
          let cover = min(max(0.5 - distance(figure, turned / radius) * radius, 0), 1)
          let wave = sin(2 * Float.pi * ((isInColumns ? turned.x : turned.y) / spacing + phase))
          let stroke = min(max(0.75 + wave, 0.25), 1)
          let value = (cover * stroke * brightness + noise[row * size + column]) * 255
          image[row * size + column] = UInt8(min(max(value, 0), 255))
        }
      }
    }
  }
}
