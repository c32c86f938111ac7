import D2LTensor

/// From columns of numbers and categories to a matrix that a model takes (book 2.2 and 4.10).
extension Table {
  /// Columns of numbers moved and scaled to mean 0 and standard deviation 1, missing values left out of both and still missing. The deviation divides
  /// by n - `correction`: 1 is pandas' habit, 0 NumPy's. A column whose values are all the same becomes 0.
  public func standardized(correction: Int = 1) -> Table {
    map { name, column in
      guard case .numbers(let values) = column else { return [(name, column)] }
      let present = values.compactMap { $0 }
      let mean = present.reduce(0, +) / Double(max(present.count, 1))
      let squares = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(max(present.count - correction, 1))).squareRoot()
      return [(name, .numbers(values.map { $0.map { deviation > 0 ? ($0 - mean) / deviation : 0 } }))]
    }
  }

  /// Missing numbers replaced by one value.
  public func fillingMissing(with value: Double) -> Table {
    map { name, column in
      guard case .numbers(let values) = column else { return [(name, column)] }
      return [(name, .numbers(values.map { $0 ?? value }))]
    }
  }

  /// Missing numbers replaced by the mean of their column; a column without any number stays missing.
  public func fillingMissingWithMeans() -> Table {
    map { name, column in
      guard case .numbers(let values) = column else { return [(name, column)] }
      let present = values.compactMap { $0 }
      if present.isEmpty { return [(name, column)] }
      let mean = present.reduce(0, +) / Double(present.count)
      return [(name, .numbers(values.map { $0 ?? mean }))]
    }
  }

  /// Columns of texts replaced by a column of 0 and 1 for each of their values in alphabetical order, `name_value`; with `missingIndicator` one more,
  /// `name_nan`, is 1 where the value is missing. Columns of numbers come first, as in pandas.
  public func oneHotEncoded(missingIndicator: Bool = true) -> Table {
    var numeric: [(name: String, column: Column)] = []
    var encoded: [(name: String, column: Column)] = []
    for name in names {
      guard let column = self[name] else { continue }
      guard case .texts(let values) = column else {
        numeric.append((name, column))
        continue
      }
      for category in Set(values.compactMap { $0 }).sorted() {
        encoded.append(("\(name)_\(category)", .numbers(values.map { $0 == category ? 1 : 0 })))
      }
      if missingIndicator { encoded.append(("\(name)_nan", .numbers(values.map { $0 == nil ? 1 : 0 }))) }
    }
    return Table(numeric + encoded, source: source)
  }

  /// The values as an array `[rows, columns]`. All columns must be numbers without gaps: fill and encode first.
  public func matrix() -> Tensor<Float> {
    let columns: [[Double?]] = names.map { name in
      guard case .numbers(let values)? = self[name] else {
        fail("matrix", "column \(name) of \(source) holds texts; encode it first")
      }
      if let row = values.firstIndex(where: { $0 == nil }) {
        fail("matrix", "row \(row + 1) of column \(name) of \(source) has no value; fill it first")
      }
      return values
    }
    return Tensor(shape: [rowCount, columns.count]) { buffer in
      for (place, column) in columns.enumerated() {
        for (row, value) in column.enumerated() { buffer[row * columns.count + place] = Float(value ?? 0) }
      }
    }
  }
}
