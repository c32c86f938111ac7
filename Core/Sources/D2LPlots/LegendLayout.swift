/// Legend entries arranged in rows, or in a column.
struct LegendLayout {
  static let rowHeight = 17.0
  private static let symbolWidth = 26.0
  private static let gap = 14.0
  private static let size = 11.0

  private(set) var places: [(entry: LegendEntry, x: Double, y: Double, text: String)] = []
  private(set) var width = 0.0
  private(set) var height = 0.0

  /// Rows that are at most so wide, each centred in that width.
  init(rows entries: [LegendEntry], width limit: Double) {
    var rows: [[(entry: LegendEntry, text: String, width: Double)]] = []
    var used = 0.0
    for entry in entries {
      let text = TextMetrics.fitted(entry.name, size: Self.size, width: limit - Self.symbolWidth - 4)
      let needed = Self.symbolWidth + TextMetrics.width(text, size: Self.size)
      if rows.isEmpty || used + Self.gap + needed > limit {
        rows.append([(entry, text, needed)])
        used = needed
      } else {
        rows[rows.count - 1].append((entry, text, needed))
        used += Self.gap + needed
      }
    }
    for (index, row) in rows.enumerated() {
      let total = row.reduce(-Self.gap) { $0 + $1.width + Self.gap }
      var x = (limit - total) / 2
      for item in row {
        places.append((item.entry, x, (Double(index) + 0.5) * Self.rowHeight, item.text))
        x += item.width + Self.gap
      }
    }
    width = limit
    height = Double(rows.count) * Self.rowHeight
  }

  /// One column of at most this width; entries past the height are counted on a last line.
  init(column entries: [LegendEntry], width limit: Double, height available: Double) {
    let room = max(1, Int(available / Self.rowHeight))
    let shown = entries.count > room ? entries.prefix(room - 1) : entries[...]
    for (index, entry) in shown.enumerated() {
      let text = TextMetrics.fitted(entry.name, size: Self.size, width: limit - Self.symbolWidth)
      places.append((entry, 0, (Double(index) + 0.5) * Self.rowHeight, text))
      width = max(width, Self.symbolWidth + TextMetrics.width(text, size: Self.size))
    }
    if shown.count < entries.count {
      let more = LegendEntry("", color: .muted, symbol: .line(.dotted, nil))
      let text = "and \(entries.count - shown.count) more"
      places.append((more, 0, (Double(shown.count) + 0.5) * Self.rowHeight, text))
      width = max(width, Self.symbolWidth + TextMetrics.width(text, size: Self.size))
    }
    height = Double(places.count) * Self.rowHeight
  }

  func draw(into canvas: inout Canvas, at origin: Point) {
    for place in places {
      let middle = origin.y + place.y
      let left = origin.x + place.x
      let color = place.entry.color
      canvas.open("g", Canvas.paint(color))
      switch place.entry.symbol {
      case .line(let dash, let marker):
        canvas.line(
          Point(x: left, y: middle), Point(x: left + 20, y: middle),
          [("stroke", "currentColor"), ("stroke-width", "2"), ("stroke-dasharray", dash.pattern)])
        if let marker { drawMarker(marker, &canvas, Point(x: left + 10, y: middle)) }
      case .marker(let marker): drawMarker(marker, &canvas, Point(x: left + 12, y: middle))
      case .swatch, .paleSwatch:
        let rect = Rect(x: left + 8, y: middle - 5, width: 11, height: 10)
        let opacity = place.entry.symbol == .paleSwatch ? "0.3" : nil
        canvas.rect(rect, [("fill", "currentColor"), ("fill-opacity", opacity), ("rx", "1.5")])
      }
      canvas.close()
      canvas.label(place.text, at: Point(x: left + Self.symbolWidth, y: middle + 4), anchor: .start)
    }
  }

  private func drawMarker(_ marker: Marker, _ canvas: inout Canvas, _ point: Point) {
    canvas.open("g", [("fill", "currentColor")])
    canvas.marker(marker, at: point)
    canvas.close()
  }
}
