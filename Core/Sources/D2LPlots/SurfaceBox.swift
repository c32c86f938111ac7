/// A place in the cube from −1 to 1 that a surface is drawn in.
struct Unit {
  var x: Double
  var y: Double
  var z: Double

  init(_ x: Double, _ y: Double, _ z: Double) { (self.x, self.y, self.z) = (x, y, z) }
}

/// The cube around a surface and its parallel projection onto the picture.
struct Box {
  let ranges: [ClosedRange<Double>]
  let area: Rect
  private let azimuth: (sine: Double, cosine: Double)
  private let elevation: (sine: Double, cosine: Double)
  private var scale = 1.0
  private var origin = Point(x: 0, y: 0)

  /// The height of the cube over its width.
  private static let flatness = 0.72

  init(ranges: [ClosedRange<Double>], azimuth: Double, elevation: Double, area: Rect) {
    self.ranges = ranges
    self.area = area
    func turn(_ degrees: Double) -> (sine: Double, cosine: Double) {
      let angle = degrees * .pi / 180
      return (Mathematics.sine(angle), Mathematics.cosine(angle))
    }
    self.azimuth = turn(azimuth)
    self.elevation = turn(min(max(elevation, 0), 90))
    var corners: [Point] = []
    for x in [-1.0, 1] {
      for y in [-1.0, 1] {
        for z in [-1.0, 1] { corners.append(project(Unit(x, y, z))) }
      }
    }
    let (xs, ys) = (corners.map(\.x), corners.map(\.y))
    guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else { return }
    scale = max(min(area.width / (right - left), area.height / (bottom - top)), 1)
    origin = Point(x: area.midX - scale * (left + right) / 2, y: area.midY - scale * (top + bottom) / 2)
  }

  func unit(_ axis: Int, _ value: Double) -> Double {
    let range = ranges[axis]
    return 2 * (value / 2 - range.lowerBound / 2) / (range.upperBound / 2 - range.lowerBound / 2) - 1
  }

  func unit(_ x: Double, _ y: Double, _ z: Double) -> Unit { Unit(unit(0, x), unit(1, y), unit(2, z)) }

  /// How near to the viewer a place is; larger is nearer.
  func depth(_ place: Unit) -> Double {
    elevation.cosine * (place.x * azimuth.cosine + place.y * azimuth.sine) + elevation.sine * place.z * Self.flatness
  }

  /// Whether the positive end of a horizontal axis is the near one.
  func isNear(axis: Int) -> Bool { (axis == 0 ? azimuth.cosine : azimuth.sine) > 0 }

  func project(_ place: Unit) -> Point {
    let right = -place.x * azimuth.sine + place.y * azimuth.cosine
    let towards = place.x * azimuth.cosine + place.y * azimuth.sine
    let up = elevation.cosine * place.z * Self.flatness - elevation.sine * towards
    return Point(x: origin.x + scale * right, y: origin.y - scale * up)
  }
}
