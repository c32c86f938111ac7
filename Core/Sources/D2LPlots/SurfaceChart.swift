/// A function of two variables as a surface in space, seen from a point above it.
///
/// ```swift
/// let chart = SurfaceChart(title: "Saddle", x: Axis("x", limits: -1...1), y: Axis("y", limits: -1...1)) { x, y in
///   x * x - y * y
/// }
/// ```
public struct SurfaceChart: Chart {
  /// The words above the picture.
  public var title: String
  /// The first horizontal axis.
  public let x: Axis
  /// The second horizontal axis.
  public let y: Axis
  /// The upright axis.
  public var z: Axis
  /// The direction to the viewer in the plane, in degrees from x towards y.
  public var azimuth = -60.0
  /// The height of the viewer above the plane, in degrees from 0 to 90.
  public var elevation = 28.0
  /// The colours of heights.
  public var colorMap = ColorMap.viridis
  /// A surface has no legend.
  public var legend = LegendPosition.hidden
  private let field: ScalarField

  /// Evaluates a function over the limits of both horizontal axes; stops if one of them has no limits.
  ///
  /// - Parameters:
  ///   - title: Stands above the chart.
  ///   - x: The first horizontal axis, with limits.
  ///   - y: The second horizontal axis, with limits.
  ///   - z: The axis of heights.
  ///   - resolution: The number of meshes along each axis, at least 2.
  ///   - function: The height at x and y; where it is not finite there is a hole.
  public init(
    title: String = "", x: Axis, y: Axis, z: Axis = Axis(), resolution: Int = 30,
    function: (_ x: Double, _ y: Double) -> Double
  ) {
    guard let horizontal = x.limits, let vertical = y.limits else {
      fail("SurfaceChart", "both horizontal axes need limits")
    }
    self.title = title
    self.x = x
    self.y = y
    self.z = z
    field = ScalarField(x: horizontal, y: vertical, resolution: resolution, function: function)
  }

  /// Nothing: a surface has no legend.
  public var legendEntries: [LegendEntry] { [] }

  /// The chart laid out for a size in pixels.
  public func drawing(width: Double, height: Double) -> Drawing {
    let (width, height) = (max(width, 120), max(height, 90))
    var canvas = Canvas()
    var top = 10.0
    for line in TextMetrics.wrapped(title, size: 13.8, width: width - 24, lines: 2) {
      canvas.label(line, at: Point(x: width / 2, y: top + 12), size: 13, [("font-weight", "600")])
      top += 18
    }
    let name = title.isEmpty ? "Surface" : title
    guard let heights = field.range, let range = z.range(for: [heights.lowerBound, heights.upperBound], padding: 0),
      let horizontal = x.range(for: field.x, padding: 0), let vertical = y.range(for: field.y, padding: 0)
    else {
      canvas.label("no finite values", at: Point(x: width / 2, y: height / 2), size: 12, color: .muted)
      return Drawing(width: width, height: height, summary: name + ". no finite values", body: canvas.text)
    }
    let box = Box(
      ranges: [horizontal, vertical, range], azimuth: azimuth, elevation: elevation,
      area: Rect(x: 56, y: top + 10, width: width - 112, height: height - top - 58))
    drawBox(box, into: &canvas)
    drawMeshes(box, range, into: &canvas)
    let summary =
      "\(name). Heights from \(NumberText.significant(heights.lowerBound)) "
      + "to \(NumberText.significant(heights.upperBound))"
    return Drawing(width: width, height: height, summary: summary, body: canvas.text)
  }

  private func drawMeshes(_ box: Box, _ range: ClosedRange<Double>, into canvas: inout Canvas) {
    var meshes: [(depth: Double, outline: [Point], color: RGB)] = []
    let colors = ColorBar(map: colorMap, limits: range)
    for row in 0..<field.y.count - 1 {
      for column in 0..<field.x.count - 1 {
        let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
        let values = corners.map { field.value($0.0, $0.1) }
        guard values.allSatisfy({ range.contains($0) }) else { continue }
        let places = zip(corners, values).map { box.unit(field.x[$0.0], field.y[$0.1], $1) }
        let depth = places.reduce(0) { $0 + box.depth($1) }
        let mean = values.reduce(0) { $0 + $1 / 4 }
        meshes.append((depth, places.map(box.project), colorMap.color(at: colors.share(mean))))
      }
    }
    // The farthest first, so that near meshes cover them.
    let order = meshes.indices.sorted { (meshes[$0].depth, $0) < (meshes[$1].depth, $1) }
    canvas.open(
      "g",
      [
        ("stroke", "#1f2328"), ("stroke-opacity", "0.45"), ("stroke-width", "0.5"), ("stroke-linejoin", "round"),
        ("data-part", "surface"),
      ])
    for index in order {
      canvas.path([meshes[index].outline], isClosed: true, [("fill", meshes[index].color.hex)])
    }
    canvas.close()
  }

  /// The floor, the two far walls, and numbers along three edges.
  private func drawBox(_ box: Box, into canvas: inout Canvas) {
    let near = (x: box.isNear(axis: 0) ? 1.0 : -1.0, y: box.isNear(axis: 1) ? 1.0 : -1.0)
    let ticks = [x, y, z].enumerated().map { index, axis in axis.ticks(in: box.ranges[index], atMost: 5) }
    func place(_ axis: Int, _ value: Double) -> Double { box.unit(axis, value) }
    var lines: [[Unit]] = []
    for value in ticks[0].values.map({ place(0, $0) }) {
      lines.append([Unit(value, near.y, -1), Unit(value, -near.y, -1), Unit(value, -near.y, 1)])
    }
    for value in ticks[1].values.map({ place(1, $0) }) {
      lines.append([Unit(near.x, value, -1), Unit(-near.x, value, -1), Unit(-near.x, value, 1)])
    }
    for value in ticks[2].values.map({ place(2, $0) }) {
      lines.append([Unit(near.x, -near.y, value), Unit(-near.x, -near.y, value), Unit(-near.x, near.y, value)])
    }
    canvas.open("g", [("class", "d2l-grid"), ("color", "#e6e8ec")])
    canvas.path(lines.map { $0.map(box.project) }, [("fill", "none"), ("stroke", "currentColor")])
    canvas.close()
    // Of the two upright edges at the sides, numbers stand at the one on the left.
    let sides = [Unit(near.x, -near.y, -1), Unit(-near.x, near.y, -1)]
    let left = box.project(sides[0]).x < box.project(sides[1]).x ? sides[0] : sides[1]
    let edges: [(from: Unit, to: Unit)] = [
      (Unit(-1, near.y, -1), Unit(1, near.y, -1)), (Unit(near.x, -1, -1), Unit(near.x, 1, -1)),
      (left, Unit(left.x, left.y, 1)),
    ]
    canvas.open("g", [("class", "d2l-axis"), ("color", "#9aa1ab")])
    canvas.path(
      edges.map { [box.project($0.from), box.project($0.to)] }, [("fill", "none"), ("stroke", "currentColor")])
    canvas.close()
    let centre = box.project(Unit(0, 0, -1))
    for (axis, edge) in edges.enumerated() {
      let (a, b) = (box.project(edge.from), box.project(edge.to))
      let middle = Point(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
      let isUpright = axis == 2
      let isRight = middle.x > centre.x
      let anchor: Canvas.Anchor = isUpright || !isRight ? .end : .start
      let away = isUpright ? Point(x: -6, y: 4) : Point(x: isRight ? 5 : -5, y: 13)
      for (value, label) in zip(ticks[axis].values, ticks[axis].labels) {
        let share = (place(axis, value) + 1) / 2
        // At the foot of the upright axis stands the number of another one.
        if isUpright, share < 0.06 { continue }
        let point = Point(x: a.x + (b.x - a.x) * share + away.x, y: a.y + (b.y - a.y) * share + away.y)
        canvas.label(label.typeset, at: point, anchor: anchor, color: .muted)
      }
      let name = TextMetrics.fitted([x, y, z][axis].label, size: 12, width: box.area.width / 2)
      let far =
        isUpright
        ? Point(x: b.x, y: b.y - 10) : Point(x: middle.x + (isRight ? 34 : -34), y: middle.y + 30)
      canvas.label(name, at: far, anchor: .middle, size: 12)
    }
  }
}
