import D2LFiles
import D2LTensor

/// NASA's airfoil self-noise measurements (Brooks, Pope and Marcolini, 1989; book 11.5): five numbers about a wing in the wind and how loud it is.
public enum Airfoil {
  /// The first `count` examples, features `[count, 5]` and loudness `[count]`, every column standardised over all 1,503.
  public static func load(from location: DataLocation, count: Int = 1500) throws(FileError) -> RegressionDataset {
    try load(path: location.path(of: "airfoil_self_noise.dat"), count: count)
  }

  /// The same from a file of tab-separated numbers. Throws a `FileError` if there are fewer examples or not six columns.
  public static func load(path: String, count: Int = 1500) throws(FileError) -> RegressionDataset {
    let table = try Table(csv: path, format: CSVFormat(separator: "\t", hasHeader: false))
    guard table.names.count == 6, table.rowCount >= count else {
      throw FileError(
        file: path, problem: "\(table.rowCount) rows of \(table.names.count) columns where \(count) of 6 are needed")
    }
    for name in table.names { _ = try table.numbers(name) }
    let values = table.standardized(correction: 0).matrix()
    return RegressionDataset(inputs: values[0..<count, 0..<5], targets: values[0..<count, 5])
  }
}
