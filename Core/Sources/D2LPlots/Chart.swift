/// A picture of data that can be written as SVG.
public protocol Chart: Sendable {
  /// The words above the picture.
  var title: String { get set }
  /// Where the names of the series stand.
  var legend: LegendPosition { get set }
  /// The names that a legend for this chart shows.
  var legendEntries: [LegendEntry] { get }
  /// The chart laid out for a size in pixels.
  func drawing(width: Double, height: Double) -> Drawing
}

extension Chart {
  /// The chart as the text of an SVG file: no scripts, no fonts, no ids, no external resources; the same chart gives the
  /// same bytes.
  ///
  /// The picture follows the reader's light or dark scheme. It can be a file or stand inline in an HTML page.
  ///
  /// - Parameters:
  ///   - width: In pixels; values under 120 are raised to it.
  ///   - height: In pixels; values under 90 are raised to it.
  public func svg(width: Double = 480, height: Double = 320) -> String {
    drawing(width: width, height: height).svg()
  }
}

/// Where the names of the series stand.
public enum LegendPosition: Sendable, Hashable {
  /// Between the title and the plot, if any series has a name.
  case top
  /// At the right of the plot, one name a line.
  case right
  /// Nowhere.
  case hidden
}

/// One name in a legend and the look of its marks.
public struct LegendEntry: Sendable, Hashable {
  /// What is drawn beside the name.
  public enum Symbol: Sendable, Hashable {
    /// A piece of line, with or without a marker on it.
    case line(Dash, Marker?)
    /// A marker alone.
    case marker(Marker)
    /// A filled square.
    case swatch
    /// A pale square, as of a band.
    case paleSwatch
  }

  /// The name.
  public var name: String
  /// The colour of the symbol.
  public var color: PlotColor
  /// What is drawn beside the name.
  public var symbol: Symbol

  /// An entry from its three parts.
  public init(_ name: String, color: PlotColor, symbol: Symbol) {
    self.name = name
    self.color = color
    self.symbol = symbol
  }
}

/// A laid-out picture.
public struct Drawing: Sendable {
  /// The width in pixels.
  public let width: Double
  /// The height in pixels.
  public let height: Double
  /// What the picture shows, for readers who do not see it.
  public let summary: String
  /// The elements, without the enclosing `svg`.
  let body: String

  init(width: Double, height: Double, summary: String, body: String) {
    self.width = width
    self.height = height
    self.summary = summary
    self.body = body
  }

  /// Puts elements of SVG made elsewhere into a picture.
  ///
  /// - Parameters:
  ///   - width: In pixels.
  ///   - height: In pixels.
  ///   - summary: What the picture shows, for those who cannot see it.
  ///   - markup: Well-formed SVG elements, inserted as they are; pass nothing here that is not trusted.
  public init(width: Double, height: Double, summary: String, trustedMarkup markup: String) {
    self.init(width: width, height: height, summary: summary, body: markup)
  }

  /// The picture as SVG text.
  ///
  /// - Parameter isStyled: Whether the style sheet comes along; a page that holds it already can do without.
  public func svg(isStyled: Bool = true) -> String {
    let (width, height) = (Markup.coordinate(width), Markup.coordinate(height))
    let root = Markup.tag(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("class", "d2l-plot"), ("viewBox", "0 0 \(width) \(height)"),
        ("width", width), ("height", height), ("role", "img"), ("aria-label", summary),
        ("font-family", PlotStyle.fonts), ("font-size", "11"),
      ])
    let style = isStyled ? "<style>\n\(PlotStyle.sheet)\n</style>\n" : ""
    let paper = "<rect class=\"d2l-paper\" width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>\n"
    return "\(root)\n<title>\(Markup.escaped(summary))</title>\n\(style)\(paper)\(body)</svg>\n"
  }
}
