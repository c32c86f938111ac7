/// Several charts in one picture, row by row, with one legend for all if they share their names.
///
/// ```swift
/// let grid = PanelGrid(title: "Momentum", panels: [slow, fast], columns: 2)
/// ```
public struct PanelGrid: Chart {
  /// The words above the picture.
  public var title: String
  /// The charts, from left to right and from top to bottom.
  public var panels: [any Chart]
  /// How many charts stand side by side; at least 1.
  public var columns: Int
  /// Where names stand that all panels share; `.hidden` leaves the panels their own legends.
  public var legend: LegendPosition

  /// A picture of several charts; without a number of columns up to three stand side by side.
  public init(title: String = "", panels: [any Chart], columns: Int? = nil, legend: LegendPosition = .top) {
    self.title = title
    self.panels = panels
    self.columns = max(columns ?? min(panels.count, 3), 1)
    self.legend = legend
  }

  /// The names in all panels, each once.
  public var legendEntries: [LegendEntry] {
    var entries: [LegendEntry] = []
    for entry in panels.flatMap(\.legendEntries) where !entries.contains(entry) { entries.append(entry) }
    return entries
  }

  /// Whether one legend can serve all: no name has two looks, and at least two panels share one.
  private var isShared: Bool {
    let entries = legendEntries
    let names = Set(entries.map(\.name))
    let total = panels.reduce(0) { $0 + $1.legendEntries.count }
    return legend != .hidden && names.count == entries.count && total > entries.count
  }

  /// The picture laid out for a size in pixels, shared equally by the panels.
  public func drawing(width: Double, height: Double) -> Drawing {
    let (width, height) = (max(width, 120), max(height, 90))
    var canvas = Canvas()
    var top = 0.0
    for line in TextMetrics.wrapped(title, size: 15.9, width: width - 24, lines: 2) {
      canvas.label(line, at: Point(x: width / 2, y: top + 23), size: 15, [("font-weight", "600")])
      top += 21
    }
    if top > 0 { top += 8 }
    var right = 0.0
    if isShared {
      if legend == .right {
        let layout = LegendLayout(column: legendEntries, width: width * 0.3, height: height - top - 16)
        layout.draw(into: &canvas, at: Point(x: width - layout.width - 10, y: top + 10))
        right = layout.width + 14
      } else {
        let layout = LegendLayout(rows: legendEntries, width: width - 24)
        layout.draw(into: &canvas, at: Point(x: 12, y: top + 4))
        top += layout.height + 4
      }
    }
    guard !panels.isEmpty else {
      canvas.label("no panels", at: Point(x: width / 2, y: height / 2), size: 12, color: .muted)
      return Drawing(width: width, height: height, summary: "\(title). no panels", body: canvas.text)
    }
    let rows = (panels.count + columns - 1) / columns
    let size = (width: (width - right) / Double(columns), height: (height - top) / Double(rows))
    var summaries = title.isEmpty ? [] : [title]
    for (index, panel) in panels.enumerated() {
      var panel = panel
      if isShared, !panel.legendEntries.isEmpty { panel.legend = .hidden }
      let drawing = panel.drawing(width: size.width, height: size.height)
      let (x, y) = (Double(index % columns) * size.width, top + Double(index / columns) * size.height)
      canvas.open("g", [("transform", "translate(\(Markup.coordinate(x)) \(Markup.coordinate(y)))")])
      canvas.append(drawing.body)
      canvas.close()
      summaries.append(drawing.summary)
    }
    return Drawing(width: width, height: height, summary: summaries.joined(separator: ". "), body: canvas.text)
  }
}
