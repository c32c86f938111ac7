/// Collects the elements of a picture as SVG text.
struct Canvas {
  enum Anchor: String { case start, middle, end }

  private(set) var text = ""

  mutating func append(_ markup: String) { text += markup }

  mutating func open(_ name: String = "g", _ attributes: [(String, String?)] = []) {
    text += Markup.tag(name, attributes)
  }

  mutating func close(_ name: String = "g") { text += "</\(name)>\n" }

  mutating func element(_ name: String, _ attributes: [(String, String?)]) {
    text += Markup.tag(name, attributes, isEmpty: true) + "\n"
  }

  mutating func line(_ a: Point, _ b: Point, _ attributes: [(String, String?)] = []) {
    element(
      "line",
      [
        ("x1", Markup.coordinate(a.x)), ("y1", Markup.coordinate(a.y)), ("x2", Markup.coordinate(b.x)),
        ("y2", Markup.coordinate(b.y)),
      ] + attributes)
  }

  mutating func rect(_ rect: Rect, _ attributes: [(String, String?)] = [], tooltip: String? = nil) {
    let all =
      [
        ("x", Markup.coordinate(rect.x)), ("y", Markup.coordinate(rect.y)), ("width", Markup.coordinate(rect.width)),
        ("height", Markup.coordinate(rect.height)),
      ] + attributes
    guard let tooltip else { return element("rect", all) }
    text += Markup.tag("rect", all) + "<title>" + Markup.escaped(tooltip) + "</title></rect>\n"
  }

  /// Several polylines as one path; a piece of one point becomes a dot.
  mutating func path(_ pieces: [[Point]], isClosed: Bool = false, _ attributes: [(String, String?)]) {
    guard !pieces.isEmpty else { return }
    var data = ""
    for piece in pieces {
      for (index, point) in piece.enumerated() {
        data += index == 0 ? "M" : "L"
        data += Markup.coordinate(point.x) + " " + Markup.coordinate(point.y)
      }
      if piece.count == 1 { data += "h0" }
      if isClosed { data += "Z" }
    }
    element("path", [("d", data)] + attributes)
  }

  mutating func label(
    _ label: TickLabel, at point: Point, anchor: Anchor = .middle, size: Double = 11, color: PlotColor = .ink,
    _ attributes: [(String, String?)] = []
  ) {
    guard !label.text.isEmpty else { return }
    text += Markup.tag(
      "text",
      [
        ("x", Markup.coordinate(point.x)), ("y", Markup.coordinate(point.y)),
        ("text-anchor", anchor == .start ? nil : anchor.rawValue),
        ("font-size", size == 11 ? nil : Markup.coordinate(size)),
      ] + Canvas.paint(color, fill: true) + attributes)
    text += Markup.escaped(label.text.replacing("-", with: label.exponent == nil ? "-" : "−"))
    if let exponent = label.exponent {
      let raised = "\(exponent)".replacing("-", with: "−")
      text += Markup.tag("tspan", [("dy", "-0.45em"), ("font-size", "75%")]) + raised + "</tspan>"
    }
    text += "</text>\n"
  }

  mutating func label(
    _ string: String, at point: Point, anchor: Anchor = .middle, size: Double = 11, color: PlotColor = .ink,
    _ attributes: [(String, String?)] = []
  ) {
    label(TickLabel(string), at: point, anchor: anchor, size: size, color: color, attributes)
  }

  /// A marker of a radius around a point, in the colour of the enclosing element.
  mutating func marker(_ marker: Marker, at point: Point, radius: Double = 3) {
    let (x, y) = (point.x, point.y)
    func polygon(_ offsets: [(Double, Double)]) {
      let points = offsets.map { Point(x: x + $0.0 * radius, y: y + $0.1 * radius) }
      path([points], isClosed: true, [("class", "d2l-marker")])
    }
    switch marker {
    case .circle:
      element(
        "circle",
        [
          ("class", "d2l-marker"), ("cx", Markup.coordinate(x)), ("cy", Markup.coordinate(y)),
          ("r", Markup.coordinate(radius)),
        ])
    case .square: polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .triangle: polygon([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)])
    case .diamond: polygon([(0, -1.3), (1.1, 0), (0, 1.3), (-1.1, 0)])
    case .cross:
      let (a, b) = (radius * 0.9, -radius * 0.9)
      path(
        [
          [Point(x: x + b, y: y + b), Point(x: x + a, y: y + a)],
          [Point(x: x + b, y: y + a), Point(x: x + a, y: y + b)],
        ],
        [("class", "d2l-marker"), ("stroke", "currentColor"), ("stroke-width", "1.6")])
    }
  }

  /// The attributes that give an element a colour of the palette as its `currentColor`, and optionally as fill or stroke.
  static func paint(_ color: PlotColor, fill: Bool = false, stroke: Bool = false) -> [(String, String?)] {
    [
      ("class", color.cssClass), ("color", color.fallback), ("fill", fill ? "currentColor" : stroke ? "none" : nil),
      ("stroke", stroke ? "currentColor" : nil),
    ]
  }
}
