import D2LFiles
import D2LTensor

/// A `.npy` file: one array, of versions 1 to 3 of the format, in C or Fortran order and either byte order.
public struct NpyFile: TableFile {
  let table: TensorTable
  /// Always ``WeightFormat/npy``.
  public var format: WeightFormat { .npy }
  /// Nothing: the format has none.
  public var metadata: [String: String] { [:] }

  /// The name that the array has here; the one that `numpy.savez` gives to an array without name.
  public static let arrayName = "arr_0"

  /// Opens the file at `path`.
  ///
  /// Throws if it cannot be read, is not a `.npy` file, or has a length that does not fit its header.
  public init(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) {
    try self.init(MappedFile(path), options: options)
  }

  init(_ source: any ByteSource, options: ReadOptions) throws(FileError) {
    var reader = ByteReader(source)
    let header = try NpyHeader(file: source.file) { count throws(FileError) in try reader.bytes(count) }
    table = try TensorTable.of(
      Self.arrayName,
      header.slot(in: .stored(source, header.dataOffset..<source.count), key: Self.arrayName, file: source.file),
      in: source, options: options)
  }
}
