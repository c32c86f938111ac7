import D2LTensor

/// Ten classes of line drawings, made by formula: a stand-in for Fashion-MNIST that needs no files.
///
/// Each image of 28×28 pixels shows one figure at a random place, size, angle, thickness and brightness, on noise. Classes differ in
/// form alone, which moves about, so that weighing pixels one by one (a linear model) does not get far and local features (a
/// convolutional network) do.
public enum SyntheticShapes {
  /// The names of the ten figures.
  public static let classNames = [
    "line", "corner", "tee", "cross", "triangle", "square", "ring", "arc", "zigzag", "rails",
  ]
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

  /// A piece of a figure, in units of the figure's radius around its centre.
  private enum Stroke {
    case segment(Point, Point)
    /// A circle, or its half on the right.
    case circle(isHalf: Bool)

    func distance(to point: Point) -> Float {
      switch self {
      case .segment(let a, let b):
        let along = (b - a)
        let share = ((point - a) * along).sum() / (along * along).sum()
        return length(point - (a + along * min(max(share, 0), 1)))
      case .circle(let isHalf):
        if !isHalf || point.x >= 0 { return abs(length(point) - 1) }
        return min(length(point - Point(0, 1)), length(point - Point(0, -1)))
      }
    }
  }

  private typealias Point = SIMD2<Float>

  private static func length(_ point: Point) -> Float { (point * point).sum().squareRoot() }

  private static func outline(_ points: [Point], isClosed: Bool) -> [Stroke] {
    let ends = isClosed ? points.dropFirst() + points.prefix(1) : points.dropFirst()
    return zip(points, ends).map { .segment($0, $1) }
  }

  private static func strokes(_ figure: Int) -> [Stroke] {
    let (left, right): (Float, Float) = (-0.8, 0.8)
    switch figure {
    case 0: return outline([[0, -1], [0, 1]], isClosed: false)
    case 1: return outline([[left, left], [left, right], [right, right]], isClosed: false)
    case 2:
      return outline([[left, left], [right, left]], isClosed: false) + outline([[0, left], [0, 1]], isClosed: false)
    case 3: return outline([[-1, 0], [1, 0]], isClosed: false) + outline([[0, -1], [0, 1]], isClosed: false)
    case 4: return outline([[0, -1], [0.87, 0.5], [-0.87, 0.5]], isClosed: true)
    case 5: return outline([[left, left], [right, left], [right, right], [left, right]], isClosed: true)
    case 6: return [.circle(isHalf: false)]
    case 7: return [.circle(isHalf: true)]
    case 8: return outline([[left, left], [right, left], [left, right], [right, right]], isClosed: false)
    default:
      return outline([[-0.5, -1], [-0.5, 1]], isClosed: false) + outline([[0.5, -1], [0.5, 1]], isClosed: false)
    }
  }

  private static func draw(
    _ figure: Int, into image: UnsafeMutableBufferPointer<UInt8>, using generator: inout RandomGenerator
  ) {
    let choices = Tensor<Float>(randomUniform: [6], using: &generator).values
    let noise = Tensor<Float>(randomNormal: [size * size], standardDeviation: 0.12, using: &generator)
    let angle = (choices[0] - 0.5) * 0.9
    let radius = 6 + 4 * choices[1]
    let center = Point(choices[2], choices[3]) * 7 + Point(repeating: Float(size) / 2 - 4)
    let halfThickness = (1.2 + 1.6 * choices[4]) / 2
    let brightness = 0.6 + 0.4 * choices[5]
    // Rotation by half-angle formulas of a small angle would do; a short series is exact to a thousandth of a pixel here.
    let (sine, cosine) = (angle - angle * angle * angle / 6, 1 - angle * angle / 2 + angle * angle * angle * angle / 24)
    let strokes = strokes(figure)
    noise.withUnsafeBufferPointer { noise in
      for row in 0..<size {
        for column in 0..<size {
          let offset = Point(Float(column) + 0.5, Float(row) + 0.5) - center
          let turned = Point(cosine * offset.x + sine * offset.y, cosine * offset.y - sine * offset.x) / radius
          let distance = strokes.reduce(Float.infinity) { min($0, $1.distance(to: turned)) } * radius
          let ink = min(max(halfThickness - distance + 0.5, 0), 1) * brightness
          let value = (ink + noise[row * size + column]) * 255
          image[row * size + column] = UInt8(min(max(value, 0), 255))
        }
      }
    }
  }
}
