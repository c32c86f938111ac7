/// A function of two variables on a regular grid.
struct ScalarField: Sendable {
  let x: [Double]
  let y: [Double]
  /// The values, row by row of equal y.
  private let values: [Double]

  init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, resolution: Int, function: (_ x: Double, _ y: Double) -> Double
  ) {
    let count = max(resolution, 2)
    func places(_ range: ClosedRange<Double>) -> [Double] {
      (0...count).map {
        let share = Double($0) / Double(count)
        return range.lowerBound * (1 - share) + range.upperBound * share
      }
    }
    let (xs, ys) = (places(x), places(y))
    self.x = xs
    self.y = ys
    values = ys.flatMap { y in xs.map { x in function(x, y) } }
  }

  /// The smallest and the largest finite value, or nil if there is none.
  var range: ClosedRange<Double>? {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return nil }
    return low...high
  }

  func value(_ column: Int, _ row: Int) -> Double { values[row * x.count + column] }

  /// An edge of the grid that a contour crosses: from a node to the right or upwards.
  private struct Edge: Hashable {
    var column: Int
    var row: Int
    var isHorizontal: Bool
  }

  /// The lines along which the function has a value, by marching squares; closed lines end where they begin.
  func contours(at level: Double) -> [[Point]] {
    var segments: [(Edge, Edge)] = []
    for row in 0..<y.count - 1 {
      for column in 0..<x.count - 1 { segments += crossings(column, row, level) }
    }
    var touching: [Edge: [Int]] = [:]
    for (index, segment) in segments.enumerated() {
      touching[segment.0, default: []].append(index)
      touching[segment.1, default: []].append(index)
    }
    var isUsed = Array(repeating: false, count: segments.count)
    func follow(from edge: Edge) -> [Edge] {
      var path: [Edge] = []
      var edge = edge
      while let next = touching[edge]?.first(where: { !isUsed[$0] }) {
        isUsed[next] = true
        edge = segments[next].0 == edge ? segments[next].1 : segments[next].0
        path.append(edge)
      }
      return path
    }
    var lines: [[Point]] = []
    for index in segments.indices where !isUsed[index] {
      isUsed[index] = true
      let (start, end) = segments[index]
      let forward = follow(from: end)
      let backward = follow(from: start)
      lines.append((backward.reversed() + [start, end] + forward).map { point(on: $0, level) })
    }
    return lines
  }

  /// The pieces of contour inside one cell, as pairs of crossed edges.
  private func crossings(_ column: Int, _ row: Int, _ level: Double) -> [(Edge, Edge)] {
    let corners = [
      value(column, row), value(column + 1, row), value(column + 1, row + 1), value(column, row + 1),
    ]
    guard corners.allSatisfy(\.isFinite) else { return [] }
    let bottom = Edge(column: column, row: row, isHorizontal: true)
    let top = Edge(column: column, row: row + 1, isHorizontal: true)
    let left = Edge(column: column, row: row, isHorizontal: false)
    let right = Edge(column: column + 1, row: row, isHorizontal: false)
    let above = corners.map { $0 >= level }
    let edges = [bottom, right, top, left]
    let crossed = (0..<4).filter { above[$0] != above[($0 + 1) % 4] }
    if crossed.count == 2 { return [(edges[crossed[0]], edges[crossed[1]])] }
    guard crossed.count == 4 else { return [] }
    // A saddle: the mean of the corners says which of them hang together.
    let centre = corners.reduce(0) { $0 + $1 / 4 } >= level
    return centre == above[0] ? [(bottom, right), (top, left)] : [(bottom, left), (right, top)]
  }

  private func point(on edge: Edge, _ level: Double) -> Point {
    let (column, row) = (edge.column, edge.row)
    let start = value(column, row)
    let end = edge.isHorizontal ? value(column + 1, row) : value(column, row + 1)
    let share = min(max((level / 2 - start / 2) / (end / 2 - start / 2), 0), 1)
    return edge.isHorizontal
      ? Point(x: x[column] + (x[column + 1] - x[column]) * share, y: y[row])
      : Point(x: x[column], y: y[row] + (y[row + 1] - y[row]) * share)
  }
}
