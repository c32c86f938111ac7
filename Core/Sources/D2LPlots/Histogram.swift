/// How often values fall into intervals; several series stand side by side.
///
/// ```swift
/// var chart = Histogram(title: "Sentence lengths", x: Axis("tokens"), bins: .count(20))
/// chart.add("source", values: lengths)
/// ```
public struct Histogram: Chart {
  /// The intervals that values are counted in.
  public enum Bins: Sendable, Hashable {
    /// Some 8 to 40 intervals with round edges, more for more values.
    case automatic
    /// So many equal intervals from the smallest to the largest value; at least one.
    case count(Int)
    /// Between these edges, in ascending order; values outside are counted in the picture's description.
    case edges([Double])
  }

  /// The words above the picture.
  public var title: String
  /// What is counted.
  public var x: Axis
  /// How often it occurs.
  public var y: Axis
  /// Where the names of the series stand.
  public var legend: LegendPosition
  /// The intervals that values are counted in.
  public var bins: Bins
  /// Whether bars show the share of values per unit of x, so that their areas sum to 1, in place of counts.
  public var isDensity = false
  private var rows: [(name: String, values: [Double], color: PlotColor)] = []

  /// A histogram without values.
  public init(
    title: String = "", x: Axis = Axis(), y: Axis = Axis("count"), bins: Bins = .automatic,
    legend: LegendPosition = .top
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.bins = bins
    self.legend = legend
  }

  /// Adds values to count; those that are not finite are counted in the picture's description only.
  public mutating func add<Values: Sequence>(_ name: String, values: Values, color: PlotColor? = nil)
  where Values.Element: PlotValue {
    rows.append((name, values.map(\.plotValue), color ?? .series(rows.count)))
  }

  /// The names of the series.
  public var legendEntries: [LegendEntry] {
    rows.filter { !$0.name.isEmpty }.map { LegendEntry($0.name, color: $0.color, symbol: .swatch) }
  }

  /// The edges of the intervals for all series together; empty if there is nothing to count.
  public var edges: [Double] {
    if case .edges(let edges) = bins { return edges.count > 1 ? edges : [] }
    let values = rows.flatMap(\.values).filter(\.isFinite)
    guard let range = Axis().range(for: values, padding: 0) else { return [] }
    if case .count(let count) = bins {
      let count = max(count, 1)
      let step = range.upperBound / Double(count) - range.lowerBound / Double(count)
      return (0..<count).map { range.lowerBound + Double($0) * step } + [range.upperBound]
    }
    let wanted = min(max(Int(Double(values.count).squareRoot()), 8), 40)
    let ticks = Ticks.linear(range, atMost: wanted).values
    guard ticks.count > 1, let first = ticks.first, let last = ticks.last else {
      return [range.lowerBound, range.upperBound]
    }
    let step = ticks[1] - first
    return (first > range.lowerBound ? [first - step] : []) + ticks + (last < range.upperBound ? [last + step] : [])
  }

  /// How many values fall into each interval; an interval has its lower edge, the last one both.
  public static func counts<Values: Sequence>(of values: Values, edges: [Double]) -> [Int]
  where Values.Element: PlotValue {
    guard edges.count > 1 else { return [] }
    var counts = Array(repeating: 0, count: edges.count - 1)
    for value in values.lazy.map(\.plotValue) where value >= edges[0] && value <= edges[edges.count - 1] {
      var (low, high) = (0, edges.count - 1)
      while high - low > 1 {
        let middle = (low + high) / 2
        if edges[middle] <= value { low = middle } else { high = middle }
      }
      counts[low] += 1
    }
    return counts
  }

  /// The chart laid out for a size in pixels.
  public func drawing(width: Double, height: Double) -> Drawing {
    let edges = edges
    var bars: [BarPainter.Bar] = []
    var outside = 0
    for (index, row) in rows.enumerated() where edges.count > 1 {
      let counts = Self.counts(of: row.values, edges: edges)
      let total = counts.reduce(0, +)
      outside += row.values.count - total
      for (bin, count) in counts.enumerated() where count > 0 {
        let (low, high) = (edges[bin], edges[bin + 1])
        let slot = (high - low) / Double(rows.count)
        let left = low + slot * Double(index)
        let value = isDensity ? Double(count) / Double(total) / (high - low) : Double(count)
        let name = "\(NumberText.significant(low)) to \(NumberText.significant(high))"
        bars.append(BarPainter.Bar(left: left, right: left + slot, value: value, row: index, name: name))
      }
    }
    var x = x
    if x.limits == nil, let first = edges.first, let last = edges.last, first < last { x.limits = first...last }
    var painter = BarPainter(title: title, axes: (x, y), colors: rows.map(\.color), gap: 1)
    if outside > 0 { painter.note = "\(outside) values lie outside the intervals" }
    return painter.drawing(bars, lines: [], entries: legendEntries, legend: legend, width: width, height: height)
  }
}
