struct Point: Sendable, Hashable {
  var x: Double
  var y: Double
}

/// A rectangle of a picture, in pixels, y downwards.
struct Rect: Sendable, Hashable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var maxX: Double { x + width }
  var maxY: Double { y + height }
  var midX: Double { x + width / 2 }
  var midY: Double { y + height / 2 }

  func contains(_ point: Point) -> Bool {
    point.x >= x - 1e-6 && point.x <= maxX + 1e-6 && point.y >= y - 1e-6 && point.y <= maxY + 1e-6
  }

  func intersects(_ other: Rect) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }
}

/// Clipping by arithmetic: no `clipPath`, hence no ids that could clash between pictures on one page.
enum Clipping {
  /// The pieces of a polyline inside a rectangle; nil points are gaps.
  static func polyline(_ points: [Point?], to rect: Rect) -> [[Point]] {
    var pieces: [[Point]] = []
    var piece: [Point] = []
    var previous: Point?
    func finish() {
      if !piece.isEmpty { pieces.append(piece) }
      piece = []
    }
    for point in points {
      guard let point else {
        finish()
        previous = nil
        continue
      }
      if let start = previous {
        if let (a, b) = segment(start, point, to: rect) {
          if piece.last != a {
            finish()
            piece.append(a)
          }
          piece.append(b)
          if b != point { finish() }
        } else {
          finish()
        }
      } else if rect.contains(point) {
        piece.append(point)
      }
      previous = point
    }
    finish()
    return pieces
  }

  /// The part of a segment inside a rectangle, after Liang and Barsky; ends that are inside stay exactly as they are.
  static func segment(_ a: Point, _ b: Point, to rect: Rect) -> (Point, Point)? {
    if rect.contains(a), rect.contains(b) { return (a, b) }
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    var (enter, leave) = (0.0, 1.0)
    for (delta, room) in [(-dx, a.x - rect.x), (dx, rect.maxX - a.x), (-dy, a.y - rect.y), (dy, rect.maxY - a.y)] {
      if delta == 0 {
        if room < 0 { return nil }
      } else if delta < 0 {
        enter = max(enter, room / delta)
      } else {
        leave = min(leave, room / delta)
      }
    }
    guard enter <= leave else { return nil }
    let start = enter > 0 ? Point(x: a.x + enter * dx, y: a.y + enter * dy) : a
    let end = leave < 1 ? Point(x: a.x + leave * dx, y: a.y + leave * dy) : b
    return (start, end)
  }

  /// The part of a polygon inside a rectangle, after Sutherland and Hodgman.
  static func polygon(_ points: [Point], to rect: Rect) -> [Point] {
    func cut(_ points: [Point], isInside: (Point) -> Bool, crossing: (Point, Point) -> Point) -> [Point] {
      guard var previous = points.last else { return [] }
      var result: [Point] = []
      for point in points {
        if isInside(point) != isInside(previous) { result.append(crossing(previous, point)) }
        if isInside(point) { result.append(point) }
        previous = point
      }
      return result
    }
    func atX(_ x: Double) -> (Point, Point) -> Point {
      { a, b in Point(x: x, y: a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)) }
    }
    func atY(_ y: Double) -> (Point, Point) -> Point {
      { a, b in Point(x: a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y), y: y) }
    }
    var result = cut(points, isInside: { $0.x >= rect.x }, crossing: atX(rect.x))
    result = cut(result, isInside: { $0.x <= rect.maxX }, crossing: atX(rect.maxX))
    result = cut(result, isInside: { $0.y >= rect.y }, crossing: atY(rect.y))
    return cut(result, isInside: { $0.y <= rect.maxY }, crossing: atY(rect.maxY))
  }
}
