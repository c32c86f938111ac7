/// Lays out and draws the panels of a heat map.
struct HeatMapPainter {
  private let map: HeatMap
  private let width: Double
  private let height: Double
  private var canvas = Canvas()

  init(_ map: HeatMap, width: Double, height: Double) {
    self.map = map
    self.width = width
    self.height = height
  }

  /// With more cells than this, neighbours of one colour become one rectangle and cells have no tooltips.
  private static let manyCells = 1200

  func drawing() -> Drawing {
    var painter = self
    return painter.draw()
  }

  private mutating func draw() -> Drawing {
    var top = 10.0
    for line in TextMetrics.wrapped(map.title, size: 13.8, width: width - 24, lines: 2) {
      canvas.label(line, at: Point(x: width / 2, y: top + 12), size: 13, [("font-weight", "600")])
      top += 18
    }
    var summary = map.title.isEmpty ? "Heat map" : map.title
    let panels = map.panels.filter { $0.values.contains { !$0.isEmpty } }
    guard let range = map.colorRange, !panels.isEmpty else {
      let message = panels.isEmpty ? "no data" : "no finite values"
      canvas.label(message, at: Point(x: width / 2, y: height / 2), size: 12, color: .muted)
      return Drawing(width: width, height: height, summary: "\(summary). \(message)", body: canvas.text)
    }
    let bar = ColorBar(map: map.colorMap, limits: range)
    let isMany = panels.count > 1
    // The labels of many panels are the same: once for all of them.
    let left = isMany && !map.yLabel.isEmpty ? 22.0 : 0
    let bottom = isMany && !map.xLabel.isEmpty ? 22.0 : 0
    let right = map.legend == .hidden ? 0 : ColorBar.width
    let columns = max(1, min(map.panelColumns ?? min(panels.count, 4), panels.count))
    let rows = (panels.count + columns - 1) / columns
    let cell = (
      width: (width - left - right) / Double(columns), height: (height - top - bottom) / Double(rows)
    )
    var extent = (top: height, bottom: 0.0)
    for (index, panel) in panels.enumerated() {
      let origin = Point(
        x: left + Double(index % columns) * cell.width, y: top - 4 + Double(index / columns) * cell.height)
      let plot = draw(panel, bar, at: origin, size: cell, isLabelled: !isMany)
      extent = (min(extent.top, origin.y + plot.y), max(extent.bottom, origin.y + plot.maxY))
    }
    if isMany { drawSharedLabels(left: left, right: right, extent) }
    if map.legend != .hidden {
      bar.draw(into: &canvas, x: width - right + 6, top: extent.top, bottom: extent.bottom)
    }
    let cells = panels.map { "\($0.values.count) × \($0.values.map(\.count).max() ?? 0)" }
    summary += ". \(cells.joined(separator: ", ")) cells from \(NumberText.significant(range.lowerBound))"
    summary += " to \(NumberText.significant(range.upperBound))"
    return Drawing(width: width, height: height, summary: summary, body: canvas.text)
  }

  private mutating func drawSharedLabels(left: Double, right: Double, _ extent: (top: Double, bottom: Double)) {
    let x = TextMetrics.fitted(map.xLabel, size: 12, width: width - 16)
    canvas.label(x, at: Point(x: left + (width - left - right) / 2, y: height - 9), size: 12)
    let y = TextMetrics.fitted(map.yLabel, size: 12, width: height - 16)
    let middle = Markup.coordinate((extent.top + extent.bottom) / 2)
    canvas.label(y, at: Point(x: 0, y: 0), size: 12, [("transform", "translate(17 \(middle)) rotate(-90)")])
  }

  /// Draws one panel and returns where its cells are.
  private mutating func draw(
    _ panel: HeatMap.Panel, _ bar: ColorBar, at origin: Point, size: (width: Double, height: Double), isLabelled: Bool
  ) -> Rect {
    let rows = panel.values.count
    let columns = panel.values.map(\.count).max() ?? 0
    // Rows count downwards: their places on the upright axis are negative.
    let x = Axis(isLabelled ? map.xLabel : "", ticks: ticks(columns, map.columnNames, room: size.width, sign: 1))
    let y = Axis(isLabelled ? map.yLabel : "", ticks: ticks(rows, map.rowNames, room: size.height, sign: -1))
    let frame = Frame(
      width: size.width, height: size.height, title: panel.title, axes: (x, y),
      ranges: (-0.5...Double(columns) - 0.5, -(Double(rows) - 0.5)...0.5), entries: [], legend: .hidden,
      style: Frame.Style(gridX: false, gridY: false, isEqual: map.hasSquareCells, isPart: true))
    canvas.open(
      "g", [("transform", "translate(\(Markup.coordinate(origin.x)) \(Markup.coordinate(origin.y)))")])
    frame.drawBackground(into: &canvas)
    canvas.open("g", [("shape-rendering", "crispEdges"), ("data-part", "cells")])
    let isDense = rows * columns > Self.manyCells
    let cellHeight = frame.plot.height / Double(rows)
    let cellWidth = frame.plot.width / Double(columns)
    for (row, values) in panel.values.enumerated() {
      let colors = (0..<columns).map { column -> RGB? in
        guard values.indices.contains(column), values[column].isFinite else { return nil }
        return map.colorMap.color(at: bar.share(values[column]))
      }
      var column = 0
      while column < columns {
        var end = column + 1
        while isDense, end < columns, colors[end] == colors[column] { end += 1 }
        let rect = Rect(
          x: frame.plot.x + Double(column) * cellWidth, y: frame.plot.y + Double(row) * cellHeight,
          width: Double(end - column) * cellWidth, height: cellHeight)
        let fill: (String, String?) = colors[column].map { ("fill", $0.hex) } ?? ("class", "d2l-missing")
        let value = values.indices.contains(column) ? NumberText.significant(values[column]) : "missing"
        let place = "\(name(row, map.rowNames)), \(name(column, map.columnNames)): \(value)"
        canvas.rect(rect, [fill], tooltip: isDense ? nil : place)
        column = end
      }
    }
    canvas.close()
    if map.showsValues { drawValues(panel, bar, frame.plot, cellWidth, cellHeight) }
    frame.drawForeground(into: &canvas)
    canvas.close()
    return frame.plot
  }

  private mutating func drawValues(
    _ panel: HeatMap.Panel, _ bar: ColorBar, _ plot: Rect, _ cellWidth: Double, _ cellHeight: Double
  ) {
    guard cellHeight >= 13 else { return }
    for (row, values) in panel.values.enumerated() {
      for (column, value) in values.enumerated() where value.isFinite {
        let text = NumberText.significant(value, digits: 2 + (value.magnitude >= 100 ? 2 : 0))
        guard TextMetrics.width(text, size: 10) <= cellWidth + 2 else { continue }
        let isLight = map.colorMap.color(at: bar.share(value)).lightness > 0.55
        let color: PlotColor = isLight ? .rgb(31, 35, 40) : .rgb(255, 255, 255)
        let place = Point(
          x: plot.x + (Double(column) + 0.5) * cellWidth, y: plot.y + (Double(row) + 0.5) * cellHeight + 3.5)
        canvas.label(TickLabel(text).typeset, at: place, size: 10, color: color)
      }
    }
  }

  private func name(_ index: Int, _ names: [String]) -> String {
    names.indices.contains(index) ? names[index] : "\(index)"
  }

  private func ticks(_ count: Int, _ names: [String], room: Double, sign: Double) -> Axis.TickRule {
    guard names.isEmpty, count > 1 else {
      return .at((0..<count).map { (Double($0) * sign, name($0, names)) })
    }
    let places = Ticks.linear(0...Double(count - 1), atMost: max(2, Int(room / 30)), integersOnly: true).values
    return .at(places.map { ($0 * sign, "\(Int($0))") })
  }
}
