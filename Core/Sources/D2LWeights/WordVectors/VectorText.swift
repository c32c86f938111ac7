import D2LFiles
import Foundation

/// Word vectors as text: a line per word, the word and its numbers between spaces.
///
/// Formats: word2vec's and fastText's `.vec` begin with a line "count dimension", GloVe's has none. A word may contain spaces (GloVe
/// 840B has ". . ."): the numbers are the last ones of the line.
enum VectorText {
  static func read(_ stream: any ByteStream) throws(FileError) -> VectorTable {
    var lines = LineReader(stream)
    guard let first = try lines.next() else {
      throw FileError(file: stream.file, problem: "the file is empty", help: "get it again")
    }
    let header = header(first)
    var table = VectorTable(dimension: header?.dimension ?? max(fields(first).count - 1, 0))
    guard table.dimension > 0, table.dimension <= dimensionLimit else {
      throw FileError(file: stream.file, at: .line(1), problem: "no word with its vector")
    }
    if header == nil { try add(first, to: &table, lines) }
    while let line = try lines.next() {
      if line.isEmpty { continue }
      try add(line, to: &table, lines)
    }
    if let header, header.count != table.words.count {
      throw FileError(
        file: stream.file, at: .line(lines.number),
        problem: "\(table.words.count) words where the first line promises \(header.count)",
        help: "the file is cut off or damaged; get it again")
    }
    return table
  }

  /// The largest vector that is believed.
  static let dimensionLimit = 1 << 20

  /// The numbers of a first line "count dimension", if it is one.
  static func header(_ line: ArraySlice<UInt8>) -> (count: Int, dimension: Int)? {
    let parts = fields(line)
    guard parts.count == 2, let count = Int(String(decoding: parts[0], as: UTF8.self)),
      let dimension = Int(String(decoding: parts[1], as: UTF8.self)), count >= 0, dimension > 0
    else { return nil }
    return (count, dimension)
  }

  /// The parts of a line between spaces, without empty ones.
  static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    line.split { $0 == 0x20 || $0 == 0x09 }
  }

  private static func add(_ line: ArraySlice<UInt8>, to table: inout VectorTable, _ lines: LineReader) throws(FileError)
  {
    let parts = fields(line)
    guard parts.count > table.dimension else {
      throw FileError(
        file: lines.stream.file, at: .line(lines.number),
        problem: "\(max(parts.count - 1, 0)) numbers where \(table.dimension) are expected",
        help: "the file is cut off or damaged; get it again")
    }
    var numbers: [Float] = []
    numbers.reserveCapacity(table.dimension)
    for part in parts.suffix(table.dimension) {
      guard let number = number(part) else {
        throw FileError(
          file: lines.stream.file, at: .line(lines.number),
          problem: "\"\(String(decoding: part.prefix(40), as: UTF8.self))\" is no number")
      }
      numbers.append(number)
    }
    let word = line[line.startIndex..<parts[parts.count - table.dimension - 1].endIndex]
    table.add(word: word) { $0 += numbers }
  }

  /// The number that `text` spells.
  static func number(_ text: ArraySlice<UInt8>) -> Float? {
    guard text.count < 64, let first = text.first, first != 0x20 else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer -> Float? in
      var count = 0
      for byte in text {
        buffer[count] = CChar(bitPattern: byte)
        count += 1
      }
      buffer[count] = 0
      guard let start = UnsafePointer(buffer.baseAddress) else { return nil }
      var end: UnsafeMutablePointer<CChar>?
      let value = strtof(start, &end)
      return end == UnsafeMutablePointer(mutating: start + count) ? value : nil
    }
  }
}
