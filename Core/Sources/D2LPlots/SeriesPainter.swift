/// Draws series, bands, lines and annotations over two axes.
struct SeriesPainter {
  let width: Double
  let height: Double
  let title: String
  let axes: (x: Axis, y: Axis)
  /// Whether grid lines stand at the ticks of x.
  var gridX = true
  /// Whether grid lines stand at the ticks of y.
  var gridY = true
  /// More words for the description.
  var note = ""
  private var xValues: [Double] = []
  private var yValues: [Double] = []
  private var hidden = 0
  private var pointCount = 0
  private var finiteCount = 0

  init(width: Double, height: Double, title: String, axes: (x: Axis, y: Axis)) {
    self.width = max(width.isFinite ? width : 480, 120)
    self.height = max(height.isFinite ? height : 320, 90)
    self.title = title
    self.axes = axes
  }

  /// Takes note of what has to fit into the plot.
  mutating func include(series: [Series], bands: [Band], lines: [ReferenceLine], annotations: [Annotation]) {
    for one in series {
      for (x, y) in zip(one.x, one.y) { include(x, y) }
      if one.style == .stems, !one.x.isEmpty { yValues.append(0) }
    }
    for band in bands {
      for (index, x) in band.x.enumerated() {
        include(x, band.lower[index])
        include(x, band.upper[index])
      }
    }
    // Lines and words alone are not data: they widen a range but do not make one.
    guard !xValues.isEmpty else { return }
    for line in lines {
      if line.direction == .horizontal { yValues.append(line.value) } else { xValues.append(line.value) }
    }
    for annotation in annotations {
      xValues += [annotation.x, annotation.textX]
      yValues += [annotation.y, annotation.textY]
    }
  }

  private mutating func include(_ x: Double, _ y: Double) {
    pointCount += 1
    if x.isFinite, y.isFinite { finiteCount += 1 }
    guard axes.x.canShow(x), axes.y.canShow(y) else {
      hidden += 1
      return
    }
    // With limits on one axis, only what they let through decides the range of the other.
    if axes.x.limits?.contains(x) ?? true { yValues.append(y) }
    if axes.y.limits?.contains(y) ?? true { xValues.append(x) }
  }

  func drawing(
    entries: [LegendEntry], legend: LegendPosition, isEqual: Bool = false, marks: (Frame, inout Canvas) -> Void
  ) -> Drawing {
    var canvas = Canvas()
    var summary = title.isEmpty ? "Chart" : title
    let names = entries.map(\.name).joined(separator: ", ")
    if !names.isEmpty { summary += ": " + names }
    let ranges = (x: axes.x.range(for: xValues, padding: 0.025), y: axes.y.range(for: yValues, padding: 0.05))
    let isEmpty = ranges.x == nil || ranges.y == nil || pointCount == hidden
    var blank = axes
    if isEmpty { (blank.x.ticks, blank.y.ticks) = (.at([]), .at([])) }
    let frame = Frame(
      width: width, height: height, title: title, axes: isEmpty ? blank : axes,
      ranges: isEmpty ? (0...1, 0...1) : (ranges.x ?? 0...1, ranges.y ?? 0...1), entries: entries, legend: legend,
      style: Frame.Style(gridX: gridX, gridY: gridY, isEqual: isEqual && !isEmpty))
    frame.drawBackground(into: &canvas)
    if isEmpty {
      summary += ". " + emptiness
      canvas.label(emptiness, at: Point(x: frame.plot.midX, y: frame.plot.midY), size: 12, color: .muted)
    } else {
      marks(frame, &canvas)
      if hidden > 0 { summary += ". \(hidden) of \(pointCount) points cannot be shown and leave gaps" }
    }
    if !note.isEmpty { summary += ". " + note }
    frame.drawForeground(into: &canvas)
    return Drawing(width: width, height: height, summary: summary, body: canvas.text)
  }

  private var emptiness: String {
    if pointCount == 0 { return "no data" }
    return finiteCount == 0 ? "no finite values" : "no positive values for the logarithmic axis"
  }
}

// MARK: - Marks

extension SeriesPainter {
  static func draw(_ series: Series, in frame: Frame, into canvas: inout Canvas) {
    let points = zip(series.x, series.y).map { frame.point($0, $1) }
    let color = series.color ?? .series(0)
    canvas.open("g", Canvas.paint(color) + [("data-series", series.name)])
    let stroke: [(String, String?)] = [
      ("class", "d2l-line"), ("fill", "none"), ("stroke", "currentColor"),
      ("stroke-width", Markup.coordinate(series.lineWidth)), ("stroke-linejoin", "round"), ("stroke-linecap", "round"),
      ("stroke-dasharray", series.dash.pattern),
    ]
    switch series.style {
    case .line:
      canvas.path(Clipping.polyline(Decimation.reduced(points, width: frame.plot.width), to: frame.plot), stroke)
    case .step: canvas.path(Clipping.polyline(steps(points), to: frame.plot), stroke)
    case .stems:
      let base = frame.y(0) ?? frame.plot.maxY
      let stems = points.compactMap(\.self).compactMap {
        Clipping.segment(Point(x: $0.x, y: base), $0, to: frame.plot).map { [$0.0, $0.1] }
      }
      canvas.path(stems, stroke)
    case .points: break
    }
    let isMarked = series.style == .points || series.style == .stems
    if let marker = series.marker ?? (isMarked ? .circle : nil) {
      let isDense = points.count > 150
      canvas.open(
        "g", [("fill", "currentColor"), ("fill-opacity", series.style == .points ? (isDense ? "0.55" : "0.85") : nil)])
      for case let point? in points where frame.plot.contains(point) {
        canvas.marker(marker, at: point, radius: isDense ? 2.2 : 3)
      }
      canvas.close()
    }
    canvas.close()
  }

  private static func steps(_ points: [Point?]) -> [Point?] {
    var result: [Point?] = []
    var previous: Point?
    for point in points {
      if let previous, let point { result.append(Point(x: point.x, y: previous.y)) }
      result.append(point)
      previous = point
    }
    return result
  }

  static func draw(_ band: Band, in frame: Frame, into canvas: inout Canvas) {
    canvas.open(
      "g",
      Canvas.paint(band.color ?? .series(0)) + [
        ("fill", "currentColor"), ("fill-opacity", "0.2"), ("data-band", band.name),
      ])
    var run: [(lower: Point, upper: Point)] = []
    func finish() {
      let outline = run.map(\.upper) + run.map(\.lower).reversed()
      let shape = Clipping.polygon(outline, to: frame.plot)
      if shape.count > 2 { canvas.path([shape], isClosed: true, [("class", "d2l-band")]) }
      run = []
    }
    for (index, x) in band.x.enumerated() {
      if let lower = frame.point(x, band.lower[index]), let upper = frame.point(x, band.upper[index]) {
        run.append((lower, upper))
      } else {
        finish()
      }
    }
    finish()
    canvas.close()
  }

  static func draw(_ line: ReferenceLine, in frame: Frame, into canvas: inout Canvas) {
    let plot = frame.plot
    let isHorizontal = line.direction == .horizontal
    let ends: (Point, Point)
    if isHorizontal {
      guard let y = frame.y(line.value), y >= plot.y - 1e-6, y <= plot.maxY + 1e-6 else { return }
      ends = (Point(x: plot.x, y: y), Point(x: plot.maxX, y: y))
    } else {
      guard let x = frame.x(line.value), x >= plot.x - 1e-6, x <= plot.maxX + 1e-6 else { return }
      ends = (Point(x: x, y: plot.y), Point(x: x, y: plot.maxY))
    }
    canvas.open("g", Canvas.paint(line.color))
    canvas.line(
      ends.0, ends.1,
      [
        ("class", "d2l-reference"), ("stroke", "currentColor"), ("stroke-width", "1.2"),
        ("stroke-dasharray", line.dash.pattern),
      ])
    canvas.close()
    let text = TextMetrics.fitted(line.label, size: 11, width: plot.width - 12)
    let size = TextMetrics.width(text, size: 11)
    let place: Point
    if isHorizontal {
      place = Point(x: plot.maxX - 4 - size, y: ends.0.y - plot.y > 18 ? ends.0.y - 5 : ends.0.y + 14)
    } else {
      place = Point(x: plot.maxX - ends.0.x > size + 8 ? ends.0.x + 5 : ends.0.x - 5 - size, y: plot.y + 13)
    }
    let end = isHorizontal || place.x < ends.0.x
    canvas.label(
      text, at: Point(x: end ? place.x + size : place.x, y: place.y), anchor: end ? .end : .start, color: line.color,
      outlined)
  }

  static func draw(_ annotation: Annotation, in frame: Frame, into canvas: inout Canvas) {
    guard let target = frame.point(annotation.x, annotation.y), frame.plot.contains(target),
      var place = frame.point(annotation.textX, annotation.textY)
    else { return }
    let text = TextMetrics.fitted(annotation.text, size: 11, width: frame.plot.width - 8)
    let half = TextMetrics.width(text, size: 11) / 2
    let plot = frame.plot
    place.x = min(max(place.x, plot.x + half + 4), plot.maxX - half - 4)
    place.y = min(max(place.y, plot.y + 10), plot.maxY - 10)
    let box = Rect(x: place.x - half - 2, y: place.y - 9, width: 2 * half + 4, height: 18)
    canvas.open("g", Canvas.paint(.ink))
    if !box.contains(target) {
      // From where the way to the target leaves the box of words to just before the target.
      let inner = Clipping.segment(place, target, to: box)
      let start = inner?.1 ?? place
      let (dx, dy) = (target.x - start.x, target.y - start.y)
      let length = (dx * dx + dy * dy).squareRoot()
      if length > 8 {
        let (ux, uy) = (dx / length, dy / length)
        let tip = Point(x: target.x - 3 * ux, y: target.y - 3 * uy)
        let neck = Point(x: tip.x - 7 * ux, y: tip.y - 7 * uy)
        canvas.line(start, neck, [("class", "d2l-arrow"), ("stroke", "currentColor"), ("stroke-width", "1.2")])
        let wings = [1.0, -1.0].map { Point(x: neck.x - 3 * uy * $0, y: neck.y + 3 * ux * $0) }
        canvas.path([[tip] + wings], isClosed: true, [("fill", "currentColor")])
      }
    }
    canvas.close()
    canvas.label(text, at: Point(x: place.x, y: place.y + 4), outlined)
  }

  /// A rim in the colour of the page, so that words stay readable over lines.
  static let outlined: [(String, String?)] = [("data-outlined", "true")]
}
