/// Lines of equal height of a function of two variables, with paths on top, as for the steps of an optimiser.
///
/// ```swift
/// var chart = ContourChart(
///   title: "Gradient descent", x: Axis("x1", limits: -5.5...1), y: Axis("x2", limits: -3...1)
/// ) { x1, x2 in x1 * x1 + 2 * x2 * x2 }
/// chart.add(Series("steps", x: xs, y: ys, marker: .circle))
/// ```
public struct ContourChart: Chart {
  /// The words above the picture.
  public var title: String
  /// The horizontal axis.
  public let x: Axis
  /// The vertical axis.
  public let y: Axis
  /// Where the names of the paths stand.
  public var legend: LegendPosition = .top
  /// The heights that have a line; round heights across the whole range where this is nil.
  public var levels: [Double]?
  /// Whether lines bear their height, where there is room.
  public var showsHeights = true
  /// The paths, in the order in which they are drawn.
  public private(set) var series: [Series] = []
  private var annotations: [Annotation] = []
  private let field: ScalarField

  /// Evaluates a function over the limits of both axes; stops if one of them has no limits.
  ///
  /// - Parameters:
  ///   - title: Stands above the chart.
  ///   - x: The horizontal axis, with limits.
  ///   - y: The vertical axis, with limits.
  ///   - levels: The heights that have a line; nil chooses some ten round ones.
  ///   - resolution: The number of intervals along each axis, at least 2.
  ///   - function: The height at x and y; where it is not finite there is no line.
  public init(
    title: String = "", x: Axis, y: Axis, levels: [Double]? = nil, resolution: Int = 80,
    function: (_ x: Double, _ y: Double) -> Double
  ) {
    guard let horizontal = x.limits, let vertical = y.limits else {
      fail("ContourChart", "both axes need limits; x has \(x.limits.text), y has \(y.limits.text)")
    }
    self.title = title
    self.x = x
    self.y = y
    self.levels = levels
    field = ScalarField(x: horizontal, y: vertical, resolution: resolution, function: function)
  }

  /// Adds a path; without a colour of its own it takes the next one of the palette, after that of the contours.
  public mutating func add(_ series: Series) {
    var series = series
    if series.color == nil { series.color = .series(self.series.count + 1) }
    self.series.append(series)
  }

  /// Adds words with an arrow.
  public mutating func add(_ annotation: Annotation) { annotations.append(annotation) }

  /// The names of the paths.
  public var legendEntries: [LegendEntry] { series.map(\.legendEntry).filter { !$0.name.isEmpty } }

  /// The chart laid out for a size in pixels.
  public func drawing(width: Double, height: Double) -> Drawing {
    var painter = SeriesPainter(width: width, height: height, title: title, axes: (x, y))
    let levels = (levels ?? automaticLevels).filter(\.isFinite)
    // The corners of the field, so that contours alone make a picture.
    let corners = field.range == nil ? [] : [Series("", x: [field.x[0]], y: [field.y[0]])]
    painter.include(series: series + corners, bands: [], lines: [], annotations: [])
    painter.gridX = false
    painter.gridY = false
    painter.note = "Contours at " + levels.map { NumberText.significant($0) }.joined(separator: ", ")
    return painter.drawing(entries: legendEntries, legend: legend) { frame, canvas in
      drawContours(levels, in: frame, into: &canvas)
      for series in series { SeriesPainter.draw(series, in: frame, into: &canvas) }
      for annotation in annotations { SeriesPainter.draw(annotation, in: frame, into: &canvas) }
    }
  }

  private var automaticLevels: [Double] {
    field.range.map { Ticks.linear($0, atMost: 12).values } ?? []
  }

  private func drawContours(_ levels: [Double], in frame: Frame, into canvas: inout Canvas) {
    var taken: [Rect] = []
    var labels: [(text: String, place: Point)] = []
    canvas.open("g", Canvas.paint(.series(0), stroke: true) + [("data-part", "contours")])
    for (index, level) in levels.enumerated() {
      let lines = field.contours(at: level).map { $0.map { frame.point($0.x, $0.y) } }
      let pieces = lines.flatMap { Clipping.polyline($0, to: frame.plot) }.filter { $0.count > 1 }
      let share = levels.count > 1 ? Double(index) / Double(levels.count - 1) : 1
      canvas.path(
        pieces,
        [
          ("stroke-opacity", Markup.coordinate(0.4 + 0.5 * share)), ("stroke-width", "1.1"),
          ("stroke-linejoin", "round"),
        ])
      guard showsHeights, let longest = pieces.max(by: { length($0) < length($1) }), length(longest) > 70 else {
        continue
      }
      let text = NumberText.significant(level)
      if let (place, rect) = room(for: text, along: longest, in: frame.plot, besides: taken) {
        taken.append(rect)
        labels.append((text, place))
      }
    }
    canvas.close()
    for label in labels {
      let place = Point(x: label.place.x, y: label.place.y + 3.5)
      canvas.label(TickLabel(label.text).typeset, at: place, size: 10, color: .muted, SeriesPainter.outlined)
    }
  }

  private func length(_ piece: [Point]) -> Double {
    zip(piece, piece.dropFirst()).reduce(0) { sum, ends in
      let (dx, dy) = (ends.1.x - ends.0.x, ends.1.y - ends.0.y)
      return sum + (dx * dx + dy * dy).squareRoot()
    }
  }

  /// The first of some places along a line where a label touches no other and stays inside the plot.
  private func room(for text: String, along line: [Point], in plot: Rect, besides taken: [Rect]) -> (Point, Rect)? {
    let width = TextMetrics.width(text, size: 10) + 6
    for share in [0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875] {
      let point = line[min(Int(Double(line.count) * share), line.count - 1)]
      let rect = Rect(x: point.x - width / 2, y: point.y - 8, width: width, height: 16)
      let isInside = rect.x >= plot.x && rect.maxX <= plot.maxX && rect.y >= plot.y && rect.maxY <= plot.maxY
      if isInside, !taken.contains(where: rect.intersects) { return (point, rect) }
    }
    return nil
  }
}

extension ClosedRange<Double>? {
  fileprivate var text: String { map { "\($0)" } ?? "none" }
}
