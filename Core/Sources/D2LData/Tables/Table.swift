import D2LFiles
import D2LTensor

/// Rows of values under named columns, as a CSV file has them: each column is of numbers or of texts, and any value may be missing.
///
/// ```swift
/// let table = try Table(csv: "house_tiny.csv")   // NumRooms, Alley, Price
/// let prices = try table.numbers("Price")
/// let inputs = try table.dropping(["Price"]).fillingMissingWithMeans().oneHotEncoded().matrix()   // [4, 3]
/// ```
public struct Table: Sendable, Equatable {
  /// The values of a column; nil where one is missing.
  public enum Column: Sendable, Equatable {
    /// A column in which everything that is there is a number.
    case numbers([Double?])
    /// A column with other values.
    case texts([String?])

    /// How many values there are, missing ones included.
    public var count: Int {
      switch self {
      case .numbers(let values): values.count
      case .texts(let values): values.count
      }
    }

    /// How many values are missing.
    public var missingCount: Int {
      switch self {
      case .numbers(let values): values.count { $0 == nil }
      case .texts(let values): values.count { $0 == nil }
      }
    }
  }

  /// The names of the columns in order, each once.
  public private(set) var names: [String]
  /// How many rows there are.
  public let rowCount: Int
  /// Where the table is from, for messages.
  public let source: String
  private var columns: [String: Column]

  /// A table of columns of one length with different names.
  public init(_ columns: [(name: String, column: Column)], source: String = "table") {
    names = columns.map(\.name)
    rowCount = columns.first?.column.count ?? 0
    self.source = source
    for (name, column) in columns where column.count != rowCount {
      fail("Table", "column \(name) has \(column.count) rows, the first one \(rowCount)")
    }
    require(Set(names).count == names.count, "Table", "two columns of the same name in \(names)")
    self.columns = Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.column) })
  }

  /// The column of that name; nil if there is none.
  public subscript(name: String) -> Column? { columns[name] }

  /// The values of a column of numbers. Throws a `FileError` if there is none of that name, if it holds texts or if a value is missing.
  public func numbers(_ name: String) throws(FileError) -> [Double] {
    guard let column = columns[name] else { throw missing(name) }
    guard case .numbers(let values) = column else {
      throw FileError(file: source, at: .key(name), problem: "the column holds texts where numbers are needed")
    }
    if let row = values.firstIndex(where: { $0 == nil }) {
      throw FileError(file: source, at: .key(name), problem: "row \(row + 1) has no value in this column")
    }
    return values.compactMap { $0 }
  }

  private func missing(_ name: String) -> FileError {
    FileError(
      file: source, at: .key(name), problem: "there is no such column",
      help: "there are " + names.joined(separator: ", "))
  }

  /// The table without some columns. Throws a `FileError` where one is not there.
  public func dropping(_ dropped: [String]) throws(FileError) -> Table {
    for name in dropped where columns[name] == nil { throw missing(name) }
    return map { name, column in dropped.contains(name) ? [] : [(name, column)] }
  }

  /// The rows of this table with those of another behind them. Throws a `FileError` if the columns differ in names, order or kind; a
  /// column without any value goes with both kinds.
  public func appending(_ other: Table) throws(FileError) -> Table {
    guard names == other.names else {
      let difference = Set(names).symmetricDifference(other.names).sorted().joined(separator: ", ")
      throw FileError(
        file: other.source, problem: "the columns are not those of \(source)",
        help: difference.isEmpty ? "their order differs" : "only one of the two has " + difference)
    }
    var joined: [(name: String, column: Column)] = []
    for name in names {
      guard let first = columns[name], let second = other.columns[name] else { continue }
      switch (first, second) {
      case (.numbers(let a), .numbers(let b)): joined.append((name, .numbers(a + b)))
      case (.texts(let a), .texts(let b)): joined.append((name, .texts(a + b)))
      case (.texts(let a), .numbers(let b)) where second.missingCount == b.count:
        joined.append((name, .texts(a + b.map { _ in nil })))
      case (.numbers(let a), .texts(let b)) where first.missingCount == a.count:
        joined.append((name, .texts(a.map { _ in nil } + b)))
      default:
        throw FileError(
          file: other.source, at: .key(name), problem: "numbers in one of the tables, texts in the other (\(source))")
      }
    }
    return Table(joined, source: source)
  }

  /// Every column replaced by what `transform` makes of it: none, one or several.
  func map(_ transform: (String, Column) -> [(name: String, column: Column)]) -> Table {
    Table(names.flatMap { name in columns[name].map { transform(name, $0) } ?? [] }, source: source)
  }
}
