import D2LFiles
import Foundation
import SwiftCSV

/// How a file of separated values is laid out.
public struct CSVFormat: Sendable, Hashable {
  /// What stands between two values.
  public var separator: Character
  /// Whether the first row has the names of the columns; without, they are called "0", "1" and so on.
  public var hasHeader: Bool
  /// What counts as missing. The default is what pandas takes for it, except "None", which it was taught later and which is a value in the
  /// book's house prices.
  public var missing: Set<String>

  /// A layout; the default is that of most CSV files.
  public init(
    separator: Character = ",", hasHeader: Bool = true,
    missing: Set<String> = [
      "", "NA", "N/A", "n/a", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "<NA>", "#N/A", "#NA",
    ]
  ) {
    self.separator = separator
    self.hasHeader = hasHeader
    self.missing = missing
  }
}

extension Table {
  /// The table in a file of separated values, in UTF-8; values in double quotes may hold separators, line ends and doubled quotes.
  ///
  /// A column is of numbers if everything in it that is not missing reads as one. Throws a ``FileError`` that names the row if the file is damaged or
  /// a row has too many or too few values.
  public init(csv path: String, format: CSVFormat = CSVFormat()) throws(FileError) {
    try self.init(csvText: readText(path: path), format: format, source: path)
  }

  /// The table in a text of separated values; `source` is named in messages.
  public init(csvText text: String, format: CSVFormat = CSVFormat(), source: String = "text") throws(FileError) {
    var rows = try Table.parse(text, format.separator, source)
    guard let first = rows.first else { throw FileError(file: source, problem: "there is no row in it") }
    let names = format.hasHeader ? first.values : first.values.indices.map(String.init)
    if format.hasHeader { rows.removeFirst() }
    if let twice = names.enumerated().first(where: { names[..<$0.offset].contains($0.element) }) {
      throw FileError(file: source, at: .line(1), problem: "there are two columns named \(twice.element)")
    }
    for row in rows where row.values.count != names.count {
      throw FileError(
        file: source, at: .line(row.line), problem: "\(row.values.count) values for \(names.count) columns",
        help: "a value that holds the separator has to stand in double quotes")
    }
    self.init(
      names.enumerated().map { place, name in
        (name, Column(rows.map { $0.values[place] }, missing: format.missing))
      }, source: source)
  }

  private static func parse(
    _ text: String, _ separator: Character, _ source: String
  ) throws(FileError) -> [(line: Int, values: [String])] {
    // Doubled quotes come in pairs as well: an odd number means one that is never closed, which the parser lets pass.
    guard text.utf8.count(where: { $0 == UInt8(ascii: "\"") }).isMultiple(of: 2) else {
      throw FileError(file: source, problem: "a double quote is opened and not closed")
    }
    let collected = CSVRows()
    do {
      // Without a line end behind it the parser loses an empty last value.
      let parser = try CSV<Enumerated>(
        string: text + "\n", delimiter: .character(separator), loadColumns: false, rowLimit: 0)
      try parser.enumerateAsArray(startAt: 0, rowLimit: nil) { collected.append($0) }
    } catch {
      throw FileError(
        file: source, at: .line(collected.line), problem: "the quotes are not those of a CSV file",
        help: "a value with a quote in it stands in quotes, and the quote in it is doubled")
    }
    return collected.rows
  }
}

/// The rows of a text as the parser finds them, with the lines they begin on; empty lines are passed over.
private final class CSVRows {
  private(set) var rows: [(line: Int, values: [String])] = []
  private(set) var line = 1

  func append(_ values: [String]) {
    if values != [""] { rows.append((line, values)) }
    line += 1 + values.reduce(0) { $0 + $1.count(where: \.isNewline) }
  }
}

extension Table.Column {
  /// Numbers if all that is there reads as one, else texts.
  init(_ values: [String], missing: Set<String>) {
    let texts = values.map { missing.contains($0) ? nil : $0 }
    var numbers: [Double?] = []
    numbers.reserveCapacity(texts.count)
    for text in texts {
      guard let text else {
        numbers.append(nil)
        continue
      }
      guard let number = Double(text.trimmingCharacters(in: .whitespaces)) else {
        self = .texts(texts)
        return
      }
      numbers.append(number)
    }
    self = .numbers(numbers)
  }
}

/// A file's content as text. Throws a ``FileError`` if it cannot be read or is not UTF-8.
public func readText(path: String) throws(FileError) -> String {
  let file = try MappedFile(path)
  return try decodeText(file.withUnsafeBytes { Array($0) }, file: path)
}
