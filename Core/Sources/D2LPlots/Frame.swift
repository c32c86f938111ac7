/// The parts that every chart with two axes shares: title, legend, axes, grid, and the area left for the marks.
struct Frame {
  let width: Double
  let height: Double
  let plot: Rect
  let x: AxisMap
  let y: AxisMap
  private let xTicks: Ticks
  private let yTicks: Ticks
  private let titleLines: [String]
  private let legend: LegendLayout?
  private let legendOrigin: Point
  private let axes: (x: Axis, y: Axis)
  private let style: Style
  private let slant: Bool
  private let slantDepth: Double
  private let yLabelWidth: Double

  /// What differs between kinds of charts.
  struct Style {
    /// Whether grid lines follow the ticks of the axis.
    var gridX = true
    var gridY = true
    /// Room kept free at the right, as for a colour bar.
    var rightMargin = 0.0
    /// Whether both axes get the same scale in pixels per unit.
    var isEqual = false
    /// Whether the title is that of a part, below the title of a whole picture.
    var isPart = false
  }

  private static let tickSize = 11.0
  private static let titleSize = 13.0
  private static let titleHeight = 18.0
  private static let axisLabelHeight = 18.0

  init(
    width: Double, height: Double, title: String, axes: (x: Axis, y: Axis),
    ranges: (x: ClosedRange<Double>, y: ClosedRange<Double>), entries: [LegendEntry], legend position: LegendPosition,
    style: Style = Style()
  ) {
    self.width = width
    self.height = height
    self.axes = axes
    self.style = style
    titleLines = TextMetrics.wrapped(title, size: Self.titleSize * 1.06, width: width - 24, lines: 2)
    var top = 10 + Double(titleLines.count) * Self.titleHeight
    var right = 14 + style.rightMargin
    let named = entries.filter { !$0.name.isEmpty }
    switch position {
    case .top where !named.isEmpty:
      let layout = LegendLayout(rows: named, width: width - 24)
      legendOrigin = Point(x: 12, y: top)
      legend = layout
      top += layout.height + 3
    case .right where !named.isEmpty:
      let layout = LegendLayout(column: named, width: width * 0.35, height: height - top - 16)
      legendOrigin = Point(x: width - layout.width - 10, y: top + 4)
      legend = layout
      right += layout.width + 12
    default:
      legend = nil
      legendOrigin = Point(x: 0, y: 0)
    }
    top += 4

    // The height decides the ticks of y, their labels the left margin, that the width and with it the ticks of x.
    var bottom = 24 + (axes.x.label.isEmpty ? 0 : Self.axisLabelHeight)
    func yAxis(_ bottom: Double) -> (ticks: Ticks, labels: Double, left: Double) {
      let ticks = Self.upright(axes.y, in: ranges.y, along: max(height - top - bottom, 20))
      let labels = min(ticks.labels.map { TextMetrics.width($0, size: Self.tickSize) }.max() ?? 0, width * 0.4)
      return (ticks, labels, 12 + labels + 6 + (axes.y.label.isEmpty ? 0 : Self.axisLabelHeight))
    }
    var (yTicks, yLabels, left) = yAxis(bottom)
    var room = max(width - left - right, 20)
    var xTicks = Self.fitting(axes.x, in: ranges.x, along: room)
    var slant = false
    var slantDepth = 0.0
    if case .at = axes.x.ticks {
      let all = axes.x.ticks(in: ranges.x, atMost: 2)
      if xTicks.values.count < all.values.count {
        slant = true
        let longest = all.labels.map { TextMetrics.width($0, size: Self.tickSize) }.max() ?? 0
        slantDepth = min(longest * 0.72, height * 0.28, 84)
        bottom += slantDepth
        (yTicks, yLabels, left) = yAxis(bottom)
        room = max(width - left - right, 20)
        xTicks = Self.thinned(all, along: room, in: ranges.x, scale: axes.x.scale) { _ in 15 }
      }
    }
    // The last label may reach past the end of its axis.
    if !slant, let last = xTicks.labels.last {
      right = max(right, TextMetrics.width(last, size: Self.tickSize) / 2 + 4)
    }
    var plot = Rect(x: left, y: top, width: max(width - left - right, 20), height: max(height - top - bottom, 20))
    if style.isEqual { plot = Self.equalised(plot, ranges) }
    self.plot = plot
    self.xTicks = xTicks
    self.yTicks = yTicks
    yLabelWidth = yLabels
    self.slant = slant
    self.slantDepth = slantDepth
    x = AxisMap(range: ranges.x, scale: axes.x.scale, start: plot.x, end: plot.maxX)
    y = AxisMap(range: ranges.y, scale: axes.y.scale, start: plot.maxY, end: plot.y)
  }

  /// The place of a point, or nil where it has none.
  func point(_ x: Double, _ y: Double) -> Point? {
    guard let x = self.x(x), let y = self.y(y) else { return nil }
    return Point(x: x, y: y)
  }

  private static func equalised(_ plot: Rect, _ ranges: (x: ClosedRange<Double>, y: ClosedRange<Double>)) -> Rect {
    let spanX = ranges.x.upperBound - ranges.x.lowerBound
    let spanY = ranges.y.upperBound - ranges.y.lowerBound
    let scale = min(plot.width / spanX, plot.height / spanY)
    guard scale.isFinite, scale > 0 else { return plot }
    let (width, height) = (max(spanX * scale, 20), max(spanY * scale, 20))
    return Rect(
      x: plot.x + (plot.width - width) / 2, y: plot.y + (plot.height - height) / 3, width: width, height: height)
  }

  /// The ticks of an upright axis: two at least, if they can be had without touching.
  private static func upright(_ axis: Axis, in range: ClosedRange<Double>, along room: Double) -> Ticks {
    let count = max(2, min(8, Int(room / 34) + 1))
    for count in count...count + 3 {
      let ticks = axis.ticks(in: range, atMost: count)
      let kept = thinned(ticks, along: room, in: range, scale: axis.scale) { _ in 14 }
      if kept.values.count > 1 { return kept }
    }
    return thinned(axis.ticks(in: range, atMost: count), along: room, in: range, scale: axis.scale) { _ in 14 }
  }

  /// The most ticks whose labels stand side by side along an axis.
  private static func fitting(_ axis: Axis, in range: ClosedRange<Double>, along room: Double) -> Ticks {
    func width(_ label: TickLabel) -> Double { TextMetrics.width(label, size: tickSize) + 10 }
    var count = max(2, min(9, Int(room / 46) + 1))
    while true {
      let ticks = axis.ticks(in: range, atMost: count)
      let thin = thinned(ticks, along: room, in: range, scale: axis.scale, size: width)
      if thin.values.count == ticks.values.count || count <= 2 { return thin }
      if case .at = axis.ticks { return thin }
      count -= 1
    }
  }

  /// The ticks without those that would touch the one kept before them.
  private static func thinned(
    _ ticks: Ticks, along room: Double, in range: ClosedRange<Double>, scale: Axis.Scale, size: (TickLabel) -> Double
  ) -> Ticks {
    let map = AxisMap(range: range, scale: scale, start: 0, end: room)
    var free = -Double.infinity
    return ticks.filtered { index in
      guard let position = map(ticks.values[index]) else { return false }
      let half = size(ticks.labels[index]) / 2
      guard position - half >= free else { return false }
      free = position + half
      return true
    }
  }
}

// MARK: - Drawing

extension Frame {
  /// Title, legend and grid: everything behind the marks.
  func drawBackground(into canvas: inout Canvas) {
    for (index, line) in titleLines.enumerated() {
      let place = Point(x: style.isPart ? plot.midX : width / 2, y: 22 + Double(index) * Self.titleHeight)
      let weight = style.isPart ? nil : "600"
      canvas.label(line, at: place, size: style.isPart ? 12 : Self.titleSize, [("font-weight", weight)])
    }
    legend?.draw(into: &canvas, at: legendOrigin)
    canvas.open(
      "g", [("class", "d2l-grid"), ("color", "#e6e8ec"), ("stroke", "currentColor"), ("stroke-width", "1")])
    if style.gridX {
      for value in xTicks.values {
        guard let x = x(value) else { continue }
        canvas.line(Point(x: x, y: plot.y), Point(x: x, y: plot.maxY))
      }
    }
    if style.gridY {
      for value in yTicks.values {
        guard let y = y(value) else { continue }
        canvas.line(Point(x: plot.x, y: y), Point(x: plot.maxX, y: y))
      }
    }
    canvas.close()
  }

  /// Axes, tick marks, labels: everything in front of the marks.
  func drawForeground(into canvas: inout Canvas) {
    canvas.open(
      "g", [("class", "d2l-axis"), ("color", "#9aa1ab"), ("stroke", "currentColor"), ("stroke-width", "1")])
    canvas.line(Point(x: plot.x, y: plot.maxY), Point(x: plot.maxX, y: plot.maxY))
    canvas.line(Point(x: plot.x, y: plot.y), Point(x: plot.x, y: plot.maxY))
    for (values, length) in [(xTicks.values, 4.0), (xTicks.minor, 2.5)] {
      for x in values.compactMap({ x($0) }) {
        canvas.line(Point(x: x, y: plot.maxY), Point(x: x, y: plot.maxY + length))
      }
    }
    for (values, length) in [(yTicks.values, 4.0), (yTicks.minor, 2.5)] {
      for y in values.compactMap({ y($0) }) {
        canvas.line(Point(x: plot.x - length, y: y), Point(x: plot.x, y: y))
      }
    }
    canvas.close()
    drawTickLabels(into: &canvas)
    drawAxisLabels(into: &canvas)
  }

  private func drawTickLabels(into canvas: inout Canvas) {
    for (value, label) in zip(xTicks.values, xTicks.labels) {
      guard let x = x(value) else { continue }
      guard slant else {
        canvas.label(label.typeset, at: Point(x: x, y: plot.maxY + 16), color: .muted, [("data-tick", "x")])
        continue
      }
      let text = TextMetrics.fitted(label.plain, size: Self.tickSize, width: min(height * 0.28, 84) / 0.72 + 8)
      let turn = "rotate(-42 \(Markup.coordinate(x)) \(Markup.coordinate(plot.maxY + 12)))"
      canvas.label(
        text, at: Point(x: x, y: plot.maxY + 14), anchor: .end, color: .muted,
        [("transform", turn), ("data-tick", "x")])
    }
    for (value, label) in zip(yTicks.values, yTicks.labels) {
      guard let y = y(value) else { continue }
      var label = label.typeset
      if label.exponent == nil { label.text = TextMetrics.fitted(label.text, size: Self.tickSize, width: width * 0.4) }
      canvas.label(label, at: Point(x: plot.x - 7, y: y + 4), anchor: .end, color: .muted, [("data-tick", "y")])
    }
  }

  private func drawAxisLabels(into canvas: inout Canvas) {
    let x = TextMetrics.fitted(axes.x.label, size: 12, width: width - 16)
    let middle = min(max(plot.midX, TextMetrics.width(x, size: 12) / 2), width - TextMetrics.width(x, size: 12) / 2)
    let below = style.isEqual ? min(plot.maxY + 35 + slantDepth, height - 9) : height - 9
    canvas.label(x, at: Point(x: middle, y: below), size: 12)
    let y = TextMetrics.fitted(axes.y.label, size: 12, width: height - 16)
    let centre = min(max(plot.midY, TextMetrics.width(y, size: 12) / 2), height - TextMetrics.width(y, size: 12) / 2)
    let place = "\(Markup.coordinate(max(17, plot.x - yLabelWidth - 19))) \(Markup.coordinate(centre))"
    canvas.label(y, at: Point(x: 0, y: 0), size: 12, [("transform", "translate(\(place)) rotate(-90)")])
  }
}

extension TickLabel {
  /// The label with a true minus sign.
  var typeset: TickLabel {
    let isNumber = text.first == "-" && text.dropFirst().first?.isNumber == true
    return TickLabel(isNumber ? "−" + text.dropFirst() : text, exponent: exponent)
  }
}
