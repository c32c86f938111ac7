/// A page that shows a run: settings, numbers, tables, curves and pictures in one HTML file.
///
/// The file needs nothing else: no network, no scripts, no fonts. It follows the reader's light or dark scheme and prints.
///
/// ```swift
/// var report = Report(title: "LeNet", subtitle: "Fashion-MNIST, 10 epochs")
/// report.add("Result", .tiles([.init("0.831", "test accuracy")]), .chart(chart))
/// report.add("Settings", .settings([("epochs", "10"), ("seed", "0")]))
/// let page = report.html()
/// ```
public struct Report: Sendable {
  /// A headline number and what it measures.
  public struct Tile: Sendable, Hashable {
    /// The number, as text.
    public var value: String
    /// What the number measures.
    public var label: String
    /// Smaller words below, such as a comparison; nothing if empty.
    public var detail: String

    /// A tile from its number and words.
    public init(_ value: String, _ label: String, detail: String = "") {
      self.value = value
      self.label = label
      self.detail = detail
    }
  }

  /// A piece of a section.
  public enum Block: Sendable {
    /// Names and values.
    case settings([(name: String, value: String)])
    /// Headline numbers side by side.
    case tiles([Tile])
    /// A table with an optional caption.
    case table(TextTable, caption: String = "")
    /// A chart laid out for a size in pixels, with an optional caption.
    case chart(any Chart, width: Double = 640, height: Double = 380, caption: String = "")
    /// Charts side by side where there is room, each laid out for a size in pixels.
    case charts([any Chart], width: Double = 420, height: Double = 300)
    /// An image with its caption.
    case picture(Picture)
    /// Images side by side where there is room.
    case pictures([Picture])
    /// Running text.
    case paragraph(String)
    /// Text shown as it is, in a fixed-width face.
    case preformatted(String)
  }

  /// A heading and what follows it.
  public struct Section: Sendable {
    /// The heading; nothing if empty.
    public var heading: String
    /// What follows, in order.
    public var blocks: [Block]

    /// A section from its heading and blocks.
    public init(_ heading: String, _ blocks: [Block]) {
      self.heading = heading
      self.blocks = blocks
    }
  }

  /// The heading of the page and its title in the browser.
  public var title: String
  /// The words under the heading; nothing if empty.
  public var subtitle: String
  /// The language of the words, as a BCP 47 tag.
  public var language = "en"
  /// The sections, in the order of the page.
  public private(set) var sections: [Section] = []
  /// The words at the end of the page; nothing if empty.
  public var footer = ""

  /// A report without sections.
  public init(title: String, subtitle: String = "") {
    self.title = title
    self.subtitle = subtitle
  }

  /// Adds a section at the end.
  public mutating func add(_ section: Section) { sections.append(section) }

  /// Adds a section at the end.
  public mutating func add(_ heading: String, _ blocks: Block...) { sections.append(Section(heading, blocks)) }

  /// The page as text; the same report gives the same bytes.
  public func html() -> String {
    let title = Markup.escaped(title)
    var page = """
      <!DOCTYPE html>
      <html lang="\(Markup.escaped(language))">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <title>\(title)</title>
      <style>
      \(ReportStyle.sheet)
      \(PlotStyle.sheet)
      </style>
      </head>
      <body>
      <header>
      <h1>\(title)</h1>

      """
    if !subtitle.isEmpty { page += "<p class=\"subtitle\">\(Markup.escaped(subtitle))</p>\n" }
    page += "</header>\n<main>\n"
    for section in sections {
      page += "<section>\n"
      if !section.heading.isEmpty { page += "<h2>\(Markup.escaped(section.heading))</h2>\n" }
      for block in section.blocks { page += block.html }
      page += "</section>\n"
    }
    page += "</main>\n"
    if !footer.isEmpty { page += "<footer>\(Markup.escaped(footer))</footer>\n" }
    return page + "</body>\n</html>\n"
  }
}
