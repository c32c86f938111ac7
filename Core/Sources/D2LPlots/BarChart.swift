/// Bars for named categories, one group of bars for each category where there are several series.
///
/// ```swift
/// var chart = BarChart(title: "Accuracy per class", categories: ["coat", "bag"], y: Axis("accuracy", limits: 0...1))
/// chart.add("test", values: [0.71, 0.96])
/// ```
public struct BarChart: Chart {
  struct Row: Sendable {
    var name: String
    var values: [Double]
    var color: PlotColor
  }

  /// The words above the picture.
  public var title: String
  /// The names of the groups, from left to right.
  public var categories: [String]
  /// The label under the categories.
  public var xLabel: String
  /// The vertical axis; on a logarithmic one bars stand on the lower edge.
  public var y: Axis
  /// Where the names of the series stand.
  public var legend: LegendPosition
  /// Whether each bar bears its value, where there is room.
  public var showsValues = false
  private(set) var rows: [Row] = []
  private(set) var lines: [ReferenceLine] = []

  /// A chart without bars.
  public init(
    title: String = "", categories: [String], xLabel: String = "", y: Axis = Axis(), legend: LegendPosition = .top
  ) {
    self.title = title
    self.categories = categories
    self.xLabel = xLabel
    self.y = y
    self.legend = legend
  }

  /// Adds one bar to each category; stops if there is not one value for each. Values that are not finite have no bar.
  public mutating func add<Values: Sequence>(_ name: String, values: Values, color: PlotColor? = nil)
  where Values.Element: PlotValue {
    let values = values.map(\.plotValue)
    guard values.count == categories.count else {
      fail("BarChart.add", "\"\(name)\" has \(values.count) values, the chart has \(categories.count) categories")
    }
    rows.append(Row(name: name, values: values, color: color ?? .series(rows.count)))
  }

  /// Adds a line across the plot.
  public mutating func add(_ line: ReferenceLine) { lines.append(line) }

  /// The names of the series.
  public var legendEntries: [LegendEntry] {
    rows.filter { !$0.name.isEmpty }.map { LegendEntry($0.name, color: $0.color, symbol: .swatch) }
  }

  /// The chart laid out for a size in pixels.
  public func drawing(width: Double, height: Double) -> Drawing {
    let places = categories.enumerated().map { (value: Double($0.offset), label: $0.element) }
    let x = Axis(xLabel, limits: -0.5...max(Double(categories.count) - 0.5, 0.5), ticks: .at(places))
    var bars: [BarPainter.Bar] = []
    for (index, row) in rows.enumerated() {
      for (place, value) in row.values.enumerated() {
        let slot = 0.8 / Double(rows.count)
        let left = Double(place) - 0.4 + slot * Double(index)
        let name = [row.name, categories[place]].filter { !$0.isEmpty }.joined(separator: ", ")
        bars.append(BarPainter.Bar(left: left, right: left + slot, value: value, row: index, name: name))
      }
    }
    let painter = BarPainter(
      title: title, axes: (x, y), colors: rows.map(\.color), gap: rows.count > 1 ? 1 : 0, showsValues: showsValues)
    return painter.drawing(
      bars, lines: lines, entries: legendEntries, legend: legend, width: width, height: height)
  }
}
