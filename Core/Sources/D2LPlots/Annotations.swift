/// A straight line across the whole plot at one value.
public struct ReferenceLine: Sendable {
  enum Direction: Sendable { case horizontal, vertical }

  let direction: Direction
  /// Where the line crosses its axis.
  public var value: Double
  /// The text beside the line.
  public var label: String
  /// The pattern of the line.
  public var dash: Dash
  /// The colour of line and text.
  public var color: PlotColor

  /// A line at one height.
  public static func horizontal(
    at value: Double, label: String = "", dash: Dash = .dashed, color: PlotColor = .muted
  ) -> ReferenceLine {
    ReferenceLine(direction: .horizontal, value: value, label: label, dash: dash, color: color)
  }

  /// A line at one horizontal position.
  public static func vertical(
    at value: Double, label: String = "", dash: Dash = .dashed, color: PlotColor = .muted
  ) -> ReferenceLine {
    ReferenceLine(direction: .vertical, value: value, label: label, dash: dash, color: color)
  }
}

/// Words with an arrow from them to a point of the data.
public struct Annotation: Sendable {
  /// The words.
  public var text: String
  /// The horizontal coordinate of the point.
  public var x: Double
  /// The vertical coordinate of the point.
  public var y: Double
  /// The horizontal coordinate of the middle of the words.
  public var textX: Double
  /// The vertical coordinate of the middle of the words.
  public var textY: Double

  /// Words at one place of the data pointing at another.
  public init(_ text: String, at point: (x: Double, y: Double), textAt place: (x: Double, y: Double)) {
    self.text = text
    (x, y) = point
    (textX, textY) = place
  }
}
