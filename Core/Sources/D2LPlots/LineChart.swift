/// Series of points over two axes: learning curves, functions, scatter plots, distribution functions.
///
/// ```swift
/// var chart = LineChart(title: "LeNet on Fashion-MNIST", x: Axis("epoch"), y: Axis("loss", scale: .logarithmic))
/// chart.add(Series("train loss", x: 1...3, y: [1.2, 0.6, 0.5]))
/// let svg = chart.svg(width: 480, height: 320)
/// ```
///
/// Values that cannot be shown (not finite, or not positive on a logarithmic axis) leave gaps and are counted in the
/// picture's description. A chart without anything to show says so in its plot.
public struct LineChart: Chart {
  /// The words above the picture.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// Where the names of the series stand.
  public var legend: LegendPosition
  /// The series, in the order in which they are drawn.
  public private(set) var series: [Series] = []
  /// The filled regions, drawn behind everything else.
  public private(set) var bands: [Band] = []
  /// The lines across the plot.
  public private(set) var referenceLines: [ReferenceLine] = []
  /// The words with arrows.
  public private(set) var annotations: [Annotation] = []
  /// Whether one unit takes as many pixels along both axes.
  public var hasEqualUnits = false

  private var nextColor = 0

  /// A chart without series.
  public init(title: String = "", x: Axis = Axis(), y: Axis = Axis(), legend: LegendPosition = .top) {
    self.title = title
    self.x = x
    self.y = y
    self.legend = legend
  }

  /// Adds a series; without a colour of its own it takes the next one of the palette.
  public mutating func add(_ series: Series) {
    var series = series
    if series.color == nil {
      // Past the last colour, the pattern tells series of one colour apart.
      if nextColor >= Palette.count, series.dash == .solid {
        series.dash = Dash.allCases[nextColor / Palette.count % Dash.allCases.count]
      }
      series.color = .series(nextColor)
      nextColor += 1
    }
    self.series.append(series)
  }

  /// Adds a filled region; without a colour of its own it takes that of the series added next.
  public mutating func add(_ band: Band) {
    var band = band
    if band.color == nil { band.color = .series(nextColor) }
    bands.append(band)
  }

  /// Adds a line across the plot.
  public mutating func add(_ line: ReferenceLine) { referenceLines.append(line) }

  /// Adds words with an arrow.
  public mutating func add(_ annotation: Annotation) { annotations.append(annotation) }

  /// The names of bands and series.
  public var legendEntries: [LegendEntry] {
    let bands = bands.filter { band in !series.contains { $0.name == band.name } }.map {
      LegendEntry($0.name, color: $0.color ?? .series(0), symbol: .paleSwatch)
    }
    return (series.map(\.legendEntry) + bands).filter { !$0.name.isEmpty }
  }

  /// The chart laid out for a size in pixels.
  public func drawing(width: Double, height: Double) -> Drawing {
    var painter = SeriesPainter(width: width, height: height, title: title, axes: (x, y))
    painter.include(series: series, bands: bands, lines: referenceLines, annotations: annotations)
    return painter.drawing(entries: legendEntries, legend: legend, isEqual: hasEqualUnits) { frame, canvas in
      for band in bands { SeriesPainter.draw(band, in: frame, into: &canvas) }
      for line in referenceLines { SeriesPainter.draw(line, in: frame, into: &canvas) }
      for series in series { SeriesPainter.draw(series, in: frame, into: &canvas) }
      for annotation in annotations { SeriesPainter.draw(annotation, in: frame, into: &canvas) }
    }
  }
}

extension Series {
  var legendEntry: LegendEntry {
    let color = color ?? .series(0)
    let symbol: LegendEntry.Symbol = style == .points ? .marker(marker ?? .circle) : .line(dash, marker)
    return LegendEntry(name, color: color, symbol: symbol)
  }
}
