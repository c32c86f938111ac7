extension Report.Block {
  /// The block as HTML.
  var html: String {
    switch self {
    case .settings(let pairs): Self.settings(pairs)
    case .tiles(let tiles): Self.tiles(tiles)
    case .table(let table, let caption): Self.table(table, caption)
    case .chart(let chart, let width, let height, let caption): Self.figure(chart, width, height, caption)
    case .charts(let charts, let width, let height):
      "<div class=\"row\">\n" + charts.map { Self.figure($0, width, height, "") }.joined() + "</div>\n"
    case .picture(let picture): Self.figure(picture)
    case .pictures(let pictures): "<div class=\"row\">\n" + pictures.map(Self.figure).joined() + "</div>\n"
    case .paragraph(let text): "<p>\(Markup.escaped(text))</p>\n"
    case .preformatted(let text): "<pre tabindex=\"0\">\(Markup.escaped(text))</pre>\n"
    }
  }

  private static func settings(_ pairs: [(name: String, value: String)]) -> String {
    guard !pairs.isEmpty else { return "" }
    let items = pairs.map { "<div><dt>\(Markup.escaped($0.name))</dt><dd>\(Markup.escaped($0.value))</dd></div>\n" }
    return "<dl class=\"settings\">\n\(items.joined())</dl>\n"
  }

  private static func tiles(_ tiles: [Report.Tile]) -> String {
    guard !tiles.isEmpty else { return "" }
    let items = tiles.map { tile in
      let detail = tile.detail.isEmpty ? "" : "<span class=\"detail\">\(Markup.escaped(tile.detail))</span>"
      return """
        <li><span class="value">\(Markup.escaped(tile.value))</span>\
        <span class="label">\(Markup.escaped(tile.label))</span>\(detail)</li>

        """
    }
    return "<ul class=\"tiles\">\n\(items.joined())</ul>\n"
  }

  private static func table(_ table: TextTable, _ caption: String) -> String {
    guard !table.columns.isEmpty else { return "" }
    let classes = table.columns.indices.map { index in
      switch table.side(of: index) {
      case .trailing: " class=\"number\""
      case .center: " class=\"center\""
      case .leading, .automatic: ""
      }
    }
    func cells(_ texts: [String], _ tag: String, _ scope: String) -> String {
      zip(texts, classes).map { "<\(tag)\(scope)\($1)>\(Markup.escaped($0))</\(tag)>" }.joined()
    }
    var result = "<div class=\"scroll\" tabindex=\"0\"><table>\n"
    if !caption.isEmpty { result += "<caption>\(Markup.escaped(caption))</caption>\n" }
    let titles = table.columns.map(\.title)
    if titles.contains(where: { !$0.isEmpty }) {
      result += "<thead><tr>\(cells(titles, "th", " scope=\"col\""))</tr></thead>\n"
    }
    result += "<tbody>\n" + table.rows.map { "<tr>\(cells($0, "td", ""))</tr>\n" }.joined() + "</tbody>\n"
    return result + "</table></div>\n"
  }

  private static func figure(_ chart: any Chart, _ width: Double, _ height: Double, _ caption: String) -> String {
    let svg = chart.drawing(width: width, height: height).svg(isStyled: false)
    return "<figure class=\"chart\">\n\(svg)\(words(caption))</figure>\n"
  }

  private static func figure(_ picture: Picture) -> String {
    let display = picture.display
    let tag = Markup.tag(
      "img",
      [
        ("src", "data:image/png;base64," + Base64.encoded(picture.png)), ("alt", picture.alternative),
        ("width", "\(display.width)"), ("height", "\(display.height)"),
        ("class", display.isPixelated ? "pixelated" : nil),
      ])
    return "<figure>\n\(tag)\n\(words(picture.caption))</figure>\n"
  }

  private static func words(_ caption: String) -> String {
    caption.isEmpty ? "" : "<figcaption>\(Markup.escaped(caption))</figcaption>\n"
  }
}
