/// A named row of points.
public struct Series: Sendable {
  /// How the points are drawn.
  public enum Style: Sendable, Hashable {
    /// Joined by straight lines.
    case line
    /// Not joined: a scatter plot.
    case points
    /// Each value holds until the next x, as in a distribution function.
    case step
    /// A vertical line from zero to each point, as in a probability mass function.
    case stems
  }

  /// The name in the legend; an empty name keeps the series out of it.
  public var name: String
  /// The horizontal coordinates.
  public var x: [Double]
  /// The vertical coordinates; values that are not finite leave gaps.
  public var y: [Double]
  /// How the points are drawn.
  public var style: Style
  /// The pattern of the line.
  public var dash: Dash
  /// The shape drawn at each point, if any.
  public var marker: Marker?
  /// The colour; nil takes the next one of the palette.
  public var color: PlotColor?
  /// The width of the line in pixels.
  public var lineWidth: Double

  /// A series from equally many x and y values; stops if their counts differ.
  public init<X: Sequence, Y: Sequence>(
    _ name: String, x: X, y: Y, style: Style = .line, dash: Dash = .solid, marker: Marker? = nil,
    color: PlotColor? = nil, lineWidth: Double = 1.8
  ) where X.Element: PlotValue, Y.Element: PlotValue {
    self.name = name
    self.x = x.map(\.plotValue)
    self.y = y.map(\.plotValue)
    self.style = style
    self.dash = dash
    self.marker = marker
    self.color = color
    self.lineWidth = lineWidth
    guard self.x.count == self.y.count else {
      fail("Series", "\"\(name)\" has \(self.x.count) x values and \(self.y.count) y values; give one y for each x")
    }
  }

  /// A series over the positions 0, 1, 2, … of its values.
  public init<Y: Sequence>(
    _ name: String, y: Y, style: Style = .line, dash: Dash = .solid, marker: Marker? = nil, color: PlotColor? = nil,
    lineWidth: Double = 1.8
  ) where Y.Element: PlotValue {
    let values = y.map(\.plotValue)
    self.init(
      name, x: 0..<values.count, y: values, style: style, dash: dash, marker: marker, color: color,
      lineWidth: lineWidth)
  }
}

/// The pattern of a line.
public enum Dash: Sendable, Hashable, CaseIterable {
  /// Unbroken.
  case solid
  /// Long strokes.
  case dashed
  /// Dots.
  case dotted
  /// Strokes and dots in turn.
  case dashDotted

  /// The pattern in SVG's notation, nil for an unbroken line.
  var pattern: String? {
    switch self {
    case .solid: nil
    case .dashed: "6 4"
    case .dotted: "1.5 3"
    case .dashDotted: "7 3 1.5 3"
    }
  }
}

/// A shape drawn at a point.
public enum Marker: Sendable, Hashable, CaseIterable {
  /// A filled circle.
  case circle
  /// A filled square.
  case square
  /// A filled triangle standing on its base.
  case triangle
  /// A filled square standing on its corner.
  case diamond
  /// Two crossing strokes.
  case cross
}

/// A filled region between two curves, as for a confidence interval or the area under a curve.
public struct Band: Sendable {
  /// The name in the legend; an empty name keeps the band out of it.
  public var name: String
  /// The horizontal coordinates.
  public var x: [Double]
  /// The lower edge.
  public var lower: [Double]
  /// The upper edge.
  public var upper: [Double]
  /// The colour; nil takes the next one of the palette.
  public var color: PlotColor?

  /// A band from equally many values of x and of both edges; stops if the counts differ.
  public init<X: Sequence, Y: Sequence>(_ name: String, x: X, lower: Y, upper: Y, color: PlotColor? = nil)
  where X.Element: PlotValue, Y.Element: PlotValue {
    self.name = name
    self.x = x.map(\.plotValue)
    self.lower = lower.map(\.plotValue)
    self.upper = upper.map(\.plotValue)
    self.color = color
    guard self.x.count == self.lower.count, self.x.count == self.upper.count else {
      fail(
        "Band",
        "\"\(name)\" has \(self.x.count) x values, \(self.lower.count) lower and \(self.upper.count) upper ones; "
          + "give as many of each")
    }
  }

  /// The region between a curve and the line y = 0.
  public init<X: Sequence, Y: Sequence>(_ name: String, x: X, under y: Y, color: PlotColor? = nil)
  where X.Element: PlotValue, Y.Element: PlotValue {
    let upper = y.map(\.plotValue)
    self.init(name, x: x, lower: upper.map { _ in 0.0 }, upper: upper, color: color)
  }
}
