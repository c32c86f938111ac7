import D2LFiles
import D2LTensor

/// The IDX format of the MNIST family: two zero bytes, an element type, the number of dimensions, big-endian sizes, then the elements.
///
/// Specification: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
public enum IDX {
  /// Reads an array of unsigned bytes of `rank` dimensions, from a file that is gzipped or plain. Throws a `FileError` that names the
  /// file, the byte and what is wrong.
  public static func read(path: String, rank: Int) throws(FileError) -> Tensor<UInt8> {
    let file = try MappedFile(path)
    var reader = ByteReader(file)
    let bytes = try reader.bytes(file.count)
    let plain = bytes.starts(with: [0x1f, 0x8b]) ? try Gzip.decompress(bytes, file: path) : bytes
    return try parse(plain, file: path, rank: rank)
  }

  /// The array in `bytes`, which came out of `file`.
  public static func parse(_ bytes: [UInt8], file: String, rank: Int) throws(FileError) -> Tensor<UInt8> {
    var reader = ByteReader(bytes, file: file)
    let magic: UInt32 = try reader.integer(.big)
    let expected = UInt32(0x0800 + rank)
    guard magic == expected else {
      throw FileError(
        file: file, at: .byte(0), problem: "the magic number is \(magic), not \(expected)",
        help: "an IDX file of \(rank)-dimensional unsigned bytes is expected; was another file given?")
    }
    var shape: Shape = []
    var count = 1
    for dimension in 0..<rank {
      let size: UInt32 = try reader.integer(.big)
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(size))
      guard !overflow && product <= bytes.count else {
        throw FileError(
          file: file, at: .byte(4 + 4 * dimension),
          problem: "the header speaks of more elements than the file's \(bytes.count) bytes can hold",
          help: "the file is truncated or its header damaged")
      }
      count = product
      shape.append(Int(size))
    }
    guard reader.remaining == count else {
      throw FileError(
        file: file, at: .byte(reader.offset),
        problem: "\(reader.remaining) bytes of elements where the header says \(count)",
        help: "the file is truncated or has something appended; fetch it again")
    }
    return Tensor(shape: shape, values: Array(bytes[reader.offset...]))
  }
}
