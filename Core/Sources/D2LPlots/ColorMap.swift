/// A way from numbers to colours. The colours are the same on light and dark pages, since they carry the data.
public enum ColorMap: Sendable, Hashable, CaseIterable {
  /// From dark violet through green to yellow, even to the eye and in grey.
  case viridis
  /// From white to deep blue.
  case blues
  /// From white to deep red.
  case reds
  /// From white to black.
  case greys
  /// From blue through near-white at zero to red; its limits are symmetric unless given.
  case diverging

  private var anchors: [UInt32] {
    switch self {
    case .viridis: [0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725]
    case .blues: [0xF7FBFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x4292C6, 0x2171B5, 0x08519C, 0x08306B]
    case .reds: [0xFFF5F0, 0xFEE0D2, 0xFCBBA1, 0xFC9272, 0xFB6A4A, 0xEF3B2C, 0xCB181D, 0xA50F15, 0x67000D]
    case .greys: [0xFFFFFF, 0xF0F0F0, 0xD9D9D9, 0xBDBDBD, 0x969696, 0x737373, 0x525252, 0x252525, 0x000000]
    case .diverging: [0x2B4CC0, 0x6788EE, 0x9ABBFF, 0xC9D7F0, 0xF2F2F2, 0xF2CBB7, 0xF7A889, 0xE26952, 0xB40426]
    }
  }

  /// The colour of a share of the range; shares outside 0 to 1 take the colour of the nearer end.
  func color(at share: Double) -> RGB {
    let anchors = anchors
    let position = min(max(share, 0), 1) * Double(anchors.count - 1)
    let index = min(Int(position), anchors.count - 2)
    let weight = position - Double(index)
    func component(_ shift: UInt32) -> UInt8 {
      let (low, high) = (Double(anchors[index] >> shift & 255), Double(anchors[index + 1] >> shift & 255))
      return UInt8((low + (high - low) * weight).rounded())
    }
    return RGB(component(16), component(8), component(0))
  }
}

/// Draws the bar that explains the colours of a picture.
struct ColorBar {
  let map: ColorMap
  let limits: ClosedRange<Double>

  /// The room that bar and numbers take.
  static let width = 64.0

  /// The share of the limits at which a value lies.
  func share(_ value: Double) -> Double {
    (value / 2 - limits.lowerBound / 2) / (limits.upperBound / 2 - limits.lowerBound / 2)
  }

  func draw(into canvas: inout Canvas, x: Double, top: Double, bottom: Double) {
    let slices = 64
    let height = (bottom - top) / Double(slices)
    canvas.open("g", [("shape-rendering", "crispEdges"), ("data-part", "colorbar")])
    for index in 0..<slices {
      let share = (Double(index) + 0.5) / Double(slices)
      let slice = Rect(x: x, y: bottom - Double(index + 1) * height, width: 12, height: height + 0.5)
      canvas.rect(slice, [("fill", map.color(at: share).hex)])
    }
    canvas.close()
    let axis = AxisMap(range: limits, scale: .linear, start: bottom, end: top)
    let ticks = Ticks.linear(limits, atMost: max(2, min(6, Int((bottom - top) / 34) + 1)))
    for (value, label) in zip(ticks.values, ticks.labels) {
      guard let y = axis(value) else { continue }
      canvas.open("g", Canvas.paint(.muted))
      canvas.line(Point(x: x + 12, y: y), Point(x: x + 15, y: y), [("stroke", "currentColor")])
      canvas.close()
      canvas.label(label.typeset, at: Point(x: x + 18, y: y + 4), anchor: .start, color: .muted)
    }
  }
}
