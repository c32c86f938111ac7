import D2LTensor

/// Vectors of the parts of words, as fastText learns them: every run of letters of certain lengths is hashed into a bucket.
///
/// Format: fastText, `src/dictionary.cc` (`computeSubwords`, `hash`); Bojanowski et al. 2017, section 3.2.
public struct Subwords: Sendable {
  /// Shortest and longest run of letters.
  public let lengths: ClosedRange<Int>
  /// How many buckets there are.
  public let bucketCount: Int
  /// The model's input matrix: a row per word, then a row per bucket.
  public let matrix: Tensor<Float>
  /// The row of the first bucket.
  let firstRow: Int

  /// The mean of the vectors of a word's parts; nil if it has none.
  public func vector(for word: String) -> [Float]? {
    let rows = rows(of: word)
    return rows.isEmpty ? nil : mean(of: rows)
  }

  /// The rows of a word's parts. The word is taken with "<" before and ">" behind it, so that beginnings and ends differ from
  /// the inside.
  func rows(of word: String) -> [Int] {
    guard bucketCount > 0 else { return [] }
    let bytes = [UInt8(ascii: "<")] + Array(word.utf8) + [UInt8(ascii: ">")]
    let isContinuation: (Int) -> Bool = { bytes[$0] & 0xc0 == 0x80 }
    var rows: [Int] = []
    for start in bytes.indices where !isContinuation(start) {
      var end = start
      var length = 1
      while end < bytes.count, length <= lengths.upperBound {
        end += 1
        while end < bytes.count, isContinuation(end) { end += 1 }
        let isMark = length == 1 && (start == 0 || end == bytes.count)
        if length >= lengths.lowerBound, !isMark {
          rows.append(firstRow + Int(Self.hash(bytes[start..<end]) % UInt32(bucketCount)))
        }
        length += 1
      }
    }
    return rows
  }

  /// FNV-1a on bytes that are taken as signed, as fastText has it since its first version.
  static func hash(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for byte in bytes { hash = (hash ^ UInt32(bitPattern: Int32(Int8(bitPattern: byte)))) &* 16_777_619 }
    return hash
  }

  /// The mean of some rows of the matrix.
  func mean(of rows: [Int]) -> [Float] {
    let dimension = matrix.shape[1]
    var sum = [Float](repeating: 0, count: dimension)
    matrix.withUnsafeBufferPointer { values in
      for row in rows {
        for index in 0..<dimension { sum[index] += values[row * dimension + index] }
      }
    }
    let scale = 1 / Float(max(rows.count, 1))
    return sum.map { $0 * scale }
  }
}
