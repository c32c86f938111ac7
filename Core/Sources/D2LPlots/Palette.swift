/// A colour of a mark. Named roles change with the reader's light or dark scheme; fixed colours do not.
public enum PlotColor: Sendable, Hashable {
  /// The colour of the n-th series, distinguishable without full colour vision; numbers past the last start again.
  case series(Int)
  /// The colour of text.
  case ink
  /// A quiet grey.
  case muted
  /// A fixed colour, the same in both schemes.
  case rgb(UInt8, UInt8, UInt8)
}

/// The colours of series, after Okabe and Ito, with lighter partners for dark pages.
enum Palette {
  static let light = [
    "#0072b2", "#d55e00", "#009e73", "#b5509c", "#e69f00", "#56b4e9", "#6f4e37", "#7a7a7a",
  ]
  static let dark = [
    "#5aaef0", "#ff8a47", "#34c99a", "#e394d0", "#f5bb45", "#a5dcff", "#c9a184", "#a8a8a8",
  ]
  static let count = light.count
}

extension PlotColor {
  /// The class that sets both `color` and, through it, strokes and fills.
  var cssClass: String? {
    switch self {
    case .series(let index): "d2l-s\(((index % Palette.count) + Palette.count) % Palette.count)"
    case .ink: "d2l-ink"
    case .muted: "d2l-muted"
    case .rgb: nil
    }
  }

  /// The colour for renderers that do not read style sheets, and for fixed colours.
  var fallback: String {
    switch self {
    case .series(let index): Palette.light[((index % Palette.count) + Palette.count) % Palette.count]
    case .ink: "#1f2328"
    case .muted: "#6b7280"
    case .rgb(let red, let green, let blue): RGB(red, green, blue).hex
    }
  }
}

/// A colour by its three components.
struct RGB: Sendable, Hashable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  var hex: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Perceived lightness from 0 to 1, to choose black or white text on this colour.
  var lightness: Double {
    (0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)) / 255
  }
}
