/// Rows and columns of text, aligned for a terminal; a report shows the same table as HTML.
///
/// ```swift
/// var table = TextTable("epoch", "loss", "accuracy")
/// table.add("1", "1.2031", "0.548")
/// table.add("2", "0.6127", "0.762")
/// print(table)
/// ```
public struct TextTable: Sendable, CustomStringConvertible {
  /// On which side of its column a text stands.
  public enum Alignment: Sendable, Hashable {
    /// At the left.
    case leading
    /// At the right, as numbers do.
    case trailing
    /// In the middle.
    case center
    /// At the right if all the column's entries are numbers, else at the left.
    case automatic
  }

  /// What separates head, rows and columns.
  public enum Style: Sendable, Hashable {
    /// A thin rule under the header, blanks between columns.
    case rule
    /// Blanks only.
    case plain
    /// ASCII only: a rule of hyphens under the header.
    case ascii
    /// The notation of Markdown.
    case markdown
  }

  /// A column: its header, its alignment, and at most how wide it may grow.
  public struct Column: Sendable, Hashable {
    /// The header.
    public var title: String
    /// On which side of the column its texts stand.
    public var alignment: Alignment
    /// At most so many terminal columns; longer texts end in an ellipsis.
    public var maximumWidth: Int?

    /// A column from its three properties.
    public init(_ title: String, alignment: Alignment = .automatic, maximumWidth: Int? = nil) {
      self.title = title
      self.alignment = alignment
      self.maximumWidth = maximumWidth
    }
  }

  /// The columns.
  public var columns: [Column]
  /// The rows, each with one text for each column.
  public private(set) var rows: [[String]] = []
  /// What separates head, rows and columns.
  public var style: Style = .rule

  /// A table without rows.
  public init(columns: [Column], style: Style = .rule) {
    self.columns = columns
    self.style = style
  }

  /// A table without rows, its columns aligned by their content.
  public init(_ titles: String..., style: Style = .rule) {
    self.init(columns: titles.map { Column($0) }, style: style)
  }

  /// Adds a row; stops if there is not exactly one text for each column.
  public mutating func add(_ row: [String]) {
    guard row.count == columns.count else {
      fail("TextTable.add", "the row \(row) has \(row.count) entries, the table has \(columns.count) columns")
    }
    rows.append(row)
  }

  /// Adds a row; stops if there is not exactly one text for each column.
  public mutating func add(_ entries: String...) { add(entries) }

  /// The table as lines without trailing blanks, joined by line ends.
  ///
  /// Control characters show as `�`, so that a text cannot command the terminal. Headers that are all empty are left out.
  public var description: String { lines.joined(separator: "\n") }

  /// The lines of the table.
  public var lines: [String] {
    guard !columns.isEmpty else { return [] }
    let header = columns.map { shown($0.title, limit: $0.maximumWidth) }
    let body = rows.map { row in zip(row, columns).map { shown($0, limit: $1.maximumWidth) } }
    let widths = columns.indices.map { index in
      max(TerminalWidth.of(header[index]), body.map { TerminalWidth.of($0[index]) }.max() ?? 0, minimumWidth)
    }
    let sides = columns.indices.map { side(of: $0) }
    func line(_ texts: [String]) -> String {
      let cells = texts.indices.map { Self.padded(texts[$0], to: widths[$0], sides[$0]) }
      if style == .markdown { return "| " + cells.joined(separator: " | ") + " |" }
      var joined = cells.joined(separator: "  ")
      while joined.last == " " { joined.removeLast() }
      return joined
    }
    let hasHeader = style == .markdown || header.contains { !$0.isEmpty }
    return (hasHeader ? [line(header)] : []) + (hasHeader ? rule(widths, sides) : []) + body.map(line)
  }

  /// The side on which a column's texts stand, decided by its content if need be.
  func side(of column: Int) -> Alignment {
    guard columns[column].alignment == .automatic else { return columns[column].alignment }
    let entries = rows.map { $0[column] }.filter { !$0.isEmpty }
    return !entries.isEmpty && entries.allSatisfy(Self.isNumber) ? .trailing : .leading
  }

  private var minimumWidth: Int { style == .markdown ? 3 : 1 }

  private func rule(_ widths: [Int], _ sides: [Alignment]) -> [String] {
    switch style {
    case .rule: [widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")]
    case .ascii: [widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")]
    case .plain: []
    case .markdown:
      [
        "| "
          + zip(widths, sides).map { width, side in
            switch side {
            case .trailing: String(repeating: "-", count: width - 1) + ":"
            case .center: ":" + String(repeating: "-", count: width - 2) + ":"
            default: String(repeating: "-", count: width)
            }
          }.joined(separator: " | ") + " |"
      ]
    }
  }

  private func shown(_ text: String, limit: Int?) -> String {
    var text = TerminalWidth.harmless(text)
    if style == .markdown { text = text.replacing("|", with: "\\|") }
    guard let limit else { return text }
    return TerminalWidth.fitted(text, columns: max(limit, 1), ellipsis: style == .ascii ? "~" : "…")
  }

  private static func padded(_ text: String, to width: Int, _ side: Alignment) -> String {
    let room = max(0, width - TerminalWidth.of(text))
    let before =
      switch side {
      case .trailing: room
      case .center: room / 2
      case .leading, .automatic: 0
      }
    return String(repeating: " ", count: before) + text + String(repeating: " ", count: room - before)
  }

  /// Whether a text is a number to a reader: `12`, `-0.5`, `1e-3`, `1,024`, `83.1%`, `±0.02`, `nan`, `–`.
  private static func isNumber(_ text: String) -> Bool {
    if ["-", "–", "—", "nan", "inf", "-inf"].contains(text) { return true }
    guard text.contains(where: \.isASCIIDigit), let first = text.first else { return false }
    guard first.isASCIIDigit || "+-−±.".contains(first) else { return false }
    return text.allSatisfy { $0.isASCIIDigit || "+-−±.,eE%×_ ".contains($0) }
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
