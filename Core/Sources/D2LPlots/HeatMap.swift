/// Matrices as coloured cells with one colour bar: attention weights, confusion counts, position encodings.
///
/// ```swift
/// let map = HeatMap(title: "Attention", x: "keys", y: "queries", values: [[0.9, 0.1], [0.3, 0.7]])
/// ```
public struct HeatMap: Chart {
  /// One matrix.
  public struct Panel: Sendable {
    /// The words above it.
    public var title: String
    /// The rows from top to bottom; shorter rows and values that are not finite leave grey cells.
    public var values: [[Double]]

    /// A panel from the rows of a matrix.
    public init<Value: PlotValue>(_ title: String = "", values: [[Value]]) {
      self.title = title
      self.values = values.map { $0.map(\.plotValue) }
    }
  }

  /// The words above the picture.
  public var title: String
  /// The label under the columns.
  public var xLabel: String
  /// The label beside the rows.
  public var yLabel: String
  /// The matrices, row by row of the picture.
  public var panels: [Panel]
  /// How many panels stand side by side; nil puts up to four in a row.
  public var panelColumns: Int?
  /// The names of the columns; their numbers where this is empty.
  public var columnNames: [String] = []
  /// The names of the rows; their numbers where this is empty.
  public var rowNames: [String] = []
  /// The colours.
  public var colorMap: ColorMap
  /// The values of the first and the last colour; nil takes the smallest and the largest value of all panels.
  public var limits: ClosedRange<Double>?
  /// Whether cells are squares; else panels fill the picture.
  public var hasSquareCells = true
  /// Whether each cell bears its value, where there is room.
  public var showsValues = false
  /// A heat map has no legend; its colour bar stands in place of one unless this is `.hidden`.
  public var legend: LegendPosition = .right

  /// Several matrices with the same axes and colours.
  public init(title: String = "", x: String = "", y: String = "", panels: [Panel], colorMap: ColorMap = .blues) {
    self.title = title
    xLabel = x
    yLabel = y
    self.panels = panels
    self.colorMap = colorMap
  }

  /// One matrix, given by its rows.
  public init<Value: PlotValue>(
    title: String = "", x: String = "", y: String = "", values: [[Value]], colorMap: ColorMap = .blues
  ) {
    self.init(title: title, x: x, y: y, panels: [Panel(values: values)], colorMap: colorMap)
  }

  /// Nothing: the colour bar explains the colours.
  public var legendEntries: [LegendEntry] { [] }

  /// The range of the colours, or nil if no value is finite.
  var colorRange: ClosedRange<Double>? {
    let values = panels.flatMap { $0.values.joined() }.filter(\.isFinite)
    guard let low = values.min(), let high = values.max() else { return nil }
    if let limits, limits.lowerBound < limits.upperBound { return limits }
    if colorMap == .diverging {
      let size = max(low.magnitude, high.magnitude)
      return size > 0 ? -size...size : -1...1
    }
    guard low == high else { return low...high }
    return Axis(limits: low...high).range(for: [], padding: 0)
  }

  /// The chart laid out for a size in pixels.
  public func drawing(width: Double, height: Double) -> Drawing {
    HeatMapPainter(self, width: max(width, 120), height: max(height, 90)).drawing()
  }
}
