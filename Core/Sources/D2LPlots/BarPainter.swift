/// Draws upright bars over two axes.
struct BarPainter {
  /// A bar between two horizontal values, from zero to its value.
  struct Bar {
    var left: Double
    var right: Double
    var value: Double
    var row: Int
    var name: String
  }

  let title: String
  let axes: (x: Axis, y: Axis)
  let colors: [PlotColor]
  /// The pixels left free at the right of each bar.
  let gap: Double
  var showsValues = false
  var note = ""

  func drawing(
    _ bars: [Bar], lines: [ReferenceLine], entries: [LegendEntry], legend: LegendPosition, width: Double,
    height: Double
  ) -> Drawing {
    let visible = bars.filter { axes.y.canShow($0.value) }
    let marks = visible.map { Series("", x: [($0.left + $0.right) / 2], y: [$0.value]) }
    let heights = visible.map(\.value) + lines.filter { $0.direction == .horizontal }.map(\.value)
    var limited = axes
    if axes.y.limits == nil, let range = range(of: heights) { limited.y.limits = range }
    var painter = SeriesPainter(width: width, height: height, title: title, axes: limited)
    painter.gridX = false
    painter.include(series: marks, bands: [], lines: [], annotations: [])
    painter.note = [hiddenNote(bars.count - visible.count), note].filter { !$0.isEmpty }.joined(separator: ". ")
    return painter.drawing(entries: entries, legend: legend) { frame, canvas in
      for row in colors.indices {
        canvas.open(
          "g",
          Canvas.paint(colors[row], fill: true) + [
            ("data-series", entries.indices.contains(row) ? entries[row].name : nil)
          ])
        for bar in visible where bar.row == row { draw(bar, in: frame, into: &canvas) }
        canvas.close()
      }
      if showsValues { for bar in visible { label(bar, in: frame, into: &canvas) } }
      for line in lines { SeriesPainter.draw(line, in: frame, into: &canvas) }
    }
  }

  private func hiddenNote(_ count: Int) -> String {
    count == 0 ? "" : "\(count) values cannot be shown and have no bar"
  }

  /// From zero on a linear axis; on a logarithmic one from well below the smallest bar, so that it has a height.
  private func range(of values: [Double]) -> ClosedRange<Double>? {
    let values = values.filter { axes.y.canShow($0) }
    guard let low = values.min(), let high = values.max() else { return nil }
    if axes.y.scale == .logarithmic {
      let bottom = Mathematics.powerOfTen(Int((Mathematics.log10(low) - 0.3).rounded(.down)))
      return axes.y.range(for: [max(bottom, .leastNormalMagnitude), high], padding: 0).map {
        $0.lowerBound...min($0.upperBound * (showsValues ? 2.5 : 1.3), .greatestFiniteMagnitude)
      }
    }
    guard low != 0 || high != 0 else { return 0...1 }
    return axes.y.range(for: [min(low, 0), max(high, 0)], padding: showsValues ? 0.09 : 0.05)
  }

  private func rect(_ bar: Bar, in frame: Frame) -> Rect? {
    guard let left = frame.x(bar.left), let right = frame.x(bar.right), let end = frame.y(bar.value) else { return nil }
    let plot = frame.plot
    let base = min(max(frame.y(0) ?? plot.maxY, plot.y), plot.maxY)
    let tip = min(max(end, plot.y), plot.maxY)
    let (start, stop) = (max(left, plot.x), min(right, plot.maxX))
    guard stop > start else { return nil }
    return Rect(x: start, y: min(base, tip), width: max(stop - start - gap, 0.5), height: abs(base - tip))
  }

  private func draw(_ bar: Bar, in frame: Frame, into canvas: inout Canvas) {
    guard let rect = rect(bar, in: frame) else { return }
    let value = NumberText.significant(bar.value)
    canvas.rect(rect, [("class", "d2l-bar")], tooltip: bar.name.isEmpty ? value : "\(bar.name): \(value)")
  }

  private func label(_ bar: Bar, in frame: Frame, into canvas: inout Canvas) {
    guard let rect = rect(bar, in: frame) else { return }
    let text = NumberText.significant(bar.value, digits: 3)
    guard TextMetrics.width(text, size: 10) <= rect.width + 8 else { return }
    let y = bar.value < 0 ? min(rect.maxY + 12, frame.plot.maxY - 2) : max(rect.y - 4, frame.plot.y + 9)
    canvas.label(TickLabel(text).typeset, at: Point(x: rect.midX, y: y), size: 10)
  }
}
