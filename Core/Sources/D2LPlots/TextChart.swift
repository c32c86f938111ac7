/// A chart made of characters, for terminals and logs.
///
/// ```swift
/// var chart = TextChart(title: "loss", width: 60, height: 12)
/// chart.add(Series("train", x: 1...4, y: [1.2, 0.7, 0.5, 0.4]))
/// print(chart)
/// ```
public struct TextChart: Sendable, CustomStringConvertible {
  /// The characters that curves are made of.
  public enum Style: Sendable, Hashable {
    /// Braille patterns, eight dots in each character.
    case braille
    /// Half blocks, two in each character.
    case blocks
    /// ASCII only, one letter for each series.
    case ascii
  }

  /// The line above the picture; nothing if empty.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// The columns of the whole picture, axis numbers included.
  public var width: Int
  /// The rows between the title and the horizontal axis.
  public var height: Int
  /// The characters that curves are made of.
  public var style: Style
  /// Whether escape sequences colour the series; without them, patterns or letters tell several series apart.
  public var isColored: Bool
  /// The series, in the order in which they are drawn.
  public private(set) var series: [Series] = []

  /// A chart without series; sizes under 24 columns and 3 rows are raised to these.
  public init(
    title: String = "", x: Axis = Axis(), y: Axis = Axis(), width: Int = 72, height: Int = 14, style: Style = .braille,
    isColored: Bool = false
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.width = width
    self.height = height
    self.style = style
    self.isColored = isColored
  }

  /// Adds a series; its style, marker and line width do not matter here, except that points are not joined.
  public mutating func add(_ series: Series) { self.series.append(series) }

  /// The picture as lines without trailing blanks, joined by line ends.
  public var description: String { lines.joined(separator: "\n") }

  /// The lines of the picture: title, plot, horizontal axis, its numbers, its label, legend.
  public var lines: [String] {
    let (width, height) = (max(width, 24), max(height, 3))
    var result = title.isEmpty ? [] : [TerminalWidth.fitted(TerminalWidth.harmless(title), columns: width)]
    let visible = series.flatMap { zip($0.x, $0.y) }.filter { x.canShow($0.0) && y.canShow($0.1) }
    guard let xRange = x.range(for: visible.map(\.0).filter { x.limits?.contains($0) ?? true }, padding: 0),
      let yRange = y.range(for: visible.map(\.1).filter { y.limits?.contains($0) ?? true }, padding: 0),
      !visible.isEmpty
    else { return result + [series.allSatisfy(\.x.isEmpty) ? "(no data)" : "(no values that can be shown)"] }

    let rows = rowLabels(yRange, height: height)
    let margin = min(rows.values.map(TerminalWidth.of).max() ?? 0, width / 3)
    var raster = TextRaster(columns: width - margin - 2, rows: height, style: style)
    for (index, one) in series.enumerated() { plot(one, index, on: &raster, xRange, yRange) }

    let bar = style == .ascii ? ("|", "+") : ("│", "┤")
    if !y.label.isEmpty { result.append(TerminalWidth.fitted(TerminalWidth.harmless(y.label), columns: width)) }
    for row in 0..<height {
      let label = rows[row] ?? ""
      let blanks = String(repeating: " ", count: margin - TerminalWidth.of(label))
      result.append(trimmed(blanks + label + " " + (label.isEmpty ? bar.0 : bar.1) + raster.line(row, isColored)))
    }
    result += horizontalAxis(xRange, margin: margin, columns: raster.columns)
    return result + legendLines(width)
  }

  // MARK: Parts

  private func plot(
    _ series: Series, _ index: Int, on raster: inout TextRaster, _ xRange: ClosedRange<Double>,
    _ yRange: ClosedRange<Double>
  ) {
    let (columns, rows) = (raster.dotColumns, raster.dotRows)
    let xMap = AxisMap(range: xRange, scale: x.scale, start: 0, end: Double(columns - 1))
    let yMap = AxisMap(range: yRange, scale: y.scale, start: Double(rows - 1), end: 0)
    let points: [Point?] = zip(series.x, series.y).map { x, y in
      guard let x = xMap(x), let y = yMap(y) else { return nil }
      return Point(x: x, y: y)
    }
    let area = Rect(x: 0, y: 0, width: Double(columns - 1), height: Double(rows - 1))
    let pieces =
      series.style == .points
      ? points.compactMap(\.self).filter(area.contains).map { [$0] } : Clipping.polyline(points, to: area)
    for piece in pieces { raster.draw(piece, series: index, pattern: pattern(index)) }
  }

  /// Colour tells series apart where there is any; else braille dots and blocks go by the pattern of the line.
  private func pattern(_ index: Int) -> [Bool] {
    guard !isColored, style != .ascii else { return [true] }
    let patterns: [[Bool]] = [
      [true], [true, true, false, false], [true, false, false], [true, true, true, true, false, true, false],
    ]
    return patterns[index % patterns.count]
  }

  /// The numbers beside the rows that they are closest to.
  private func rowLabels(_ range: ClosedRange<Double>, height: Int) -> [Int: String] {
    let map = AxisMap(range: range, scale: y.scale, start: Double(height) - 0.5, end: 0.5)
    let ticks = y.ticks(in: range, atMost: max(2, (height + 1) / 2))
    var labels: [Int: String] = [:]
    for (value, label) in zip(ticks.values, ticks.labels) {
      guard let position = map(value) else { continue }
      let row = min(max(Int(position.rounded(.down)), 0), height - 1)
      if labels[row] == nil { labels[row] = TerminalWidth.fitted(shown(label), columns: max(width, 24) / 3) }
    }
    return labels
  }

  private func horizontalAxis(_ range: ClosedRange<Double>, margin: Int, columns: Int) -> [String] {
    let map = AxisMap(range: range, scale: x.scale, start: 0, end: Double(columns - 1))
    let ticks = x.ticks(in: range, atMost: max(3, columns / 9))
    var axis = Array(repeating: style == .ascii ? "-" : "─", count: columns)
    var numbers = ""
    for (value, label) in zip(ticks.values, ticks.labels) {
      guard let position = map(value) else { continue }
      let text = shown(label)
      let size = TerminalWidth.of(text)
      let column = min(max(Int(position.rounded()), 0), columns - 1)
      let start = min(max(0, margin + 2 + column - size / 2), margin + 2 + columns - size)
      let used = TerminalWidth.of(numbers)
      guard start > used || used == 0, start >= 0 else { continue }
      axis[column] = style == .ascii ? "+" : "┬"
      numbers += String(repeating: " ", count: start - used) + text
    }
    let corner = String(repeating: " ", count: margin + 1) + (style == .ascii ? "+" : "└")
    var result = [corner + axis.joined(), numbers]
    if !x.label.isEmpty {
      let label = TerminalWidth.fitted(TerminalWidth.harmless(x.label), columns: columns)
      let blanks = margin + 2 + max(0, columns - TerminalWidth.of(label)) / 2
      result.append(String(repeating: " ", count: blanks) + label)
    }
    return result
  }

  private func shown(_ label: TickLabel) -> String { TerminalWidth.harmless(label.plain) }

  private func legendLines(_ width: Int) -> [String] {
    var lines: [(text: String, width: Int)] = []
    for (index, one) in series.enumerated() where !one.name.isEmpty {
      var sample = TextRaster(columns: style == .ascii ? 1 : 4, rows: 1, style: style)
      let middle = Double(style == .braille ? 1 : 0)
      sample.draw(
        [Point(x: 0, y: middle), Point(x: Double(sample.dotColumns - 1), y: middle)], series: index,
        pattern: pattern(index))
      let name = TerminalWidth.fitted(TerminalWidth.harmless(one.name), columns: width - 6)
      let entry = sample.line(0, isColored) + " " + name
      let size = sample.columns + 1 + TerminalWidth.of(name)
      if let last = lines.last, last.width + 3 + size <= width {
        lines[lines.count - 1] = (last.text + "   " + entry, last.width + 3 + size)
      } else {
        lines.append((entry, size))
      }
    }
    return lines.map(\.text)
  }

  private func trimmed(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
