import D2LFiles

/// Word vectors as word2vec writes them with `-binary 1`.
///
/// Format: word2vec, `word2vec.c`: a line "count dimension"; for each word its bytes, a space, and the numbers as float32, little-endian,
/// with or without a line end behind them.
enum Word2VecBinary {
  /// The longest word that is believed.
  private static let wordLimit = 1 << 16

  static func read(_ source: any ByteSource) throws(FileError) -> VectorTable {
    var reader = ByteReader(source)
    let line = try reader.bytes(upTo: 10, limit: 64)
    guard let (count, dimension) = VectorText.header(line[...]), dimension <= VectorText.dimensionLimit else {
      throw reader.error("the first line is not \"count dimension\"", at: 0, help: "this is not a word2vec file")
    }
    // A word of one byte, a space, and the numbers.
    guard count <= reader.remaining / (2 + 4 * dimension) else {
      throw reader.error(
        "\(count) words of \(dimension) numbers are promised, but only \(reader.remaining) bytes follow",
        help: "the file is cut off or damaged; get it again")
    }
    var table = VectorTable(dimension: dimension)
    for _ in 0..<count {
      while try reader.peek() == 10 { try reader.skip(1) }
      let word = try reader.bytes(upTo: 0x20, limit: wordLimit)
      let numbers = try reader.bytes(4 * dimension)
      table.add(word: word) { values in
        numbers.withUnsafeBytes { bytes in
          for index in 0..<dimension {
            let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
            values.append(Float(bitPattern: bits))
          }
        }
      }
    }
    while try reader.peek() == 10 { try reader.skip(1) }
    guard reader.isAtEnd else { throw reader.error("\(reader.remaining) bytes follow the last word") }
    return table
  }
}

extension WordVectors {
  /// Writes word2vec's text format: a line "count dimension", then a line per word. Every number is written so that it is read to the bit.
  ///
  /// Throws if a word has a space or line end in it, which the format cannot hold.
  public func writeText(to path: String) throws(FileError) {
    try write(to: path) { row in Array((row.map(\.description).joined(separator: " ") + "\n").utf8) }
  }

  /// Writes word2vec's binary format, with a line end behind each vector as word2vec does.
  ///
  /// Throws if a word has a space or line end in it, which the format cannot hold.
  public func writeBinary(to path: String) throws(FileError) {
    try write(to: path) { row in
      row.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } } + [10]
    }
  }

  private func write(
    to path: String, _ encode: (ArraySlice<Float>) -> [UInt8]
  ) throws(FileError) {
    for word in words
    where word.isEmpty || word.utf8.contains(where: { $0 == 0x20 || $0 == 0x0a || $0 == 0x09 }) {
      throw FileError(
        file: path, at: .key(word), problem: "word2vec's formats cannot hold a word that is empty or has a space in it",
        help: "leave it out, or write safetensors and the words beside it")
    }
    let values = vectors.values
    try writeAtomically(to: path) { file throws(FileError) in
      try file.write("\(count) \(dimension)\n")
      var piece: [UInt8] = []
      for (index, word) in words.enumerated() {
        piece += Array(word.utf8) + [0x20]
        piece += encode(values[(index * dimension)..<((index + 1) * dimension)])
        if piece.count > 1 << 16 {
          try file.write(piece)
          piece.removeAll(keepingCapacity: true)
        }
      }
      try file.write(piece)
    }
  }
}
