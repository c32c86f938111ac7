import D2LFiles
import D2LTensor

/// Words and their vectors: what word2vec, GloVe and fastText learn.
///
/// ```swift
/// let vectors = try WordVectors("glove.6B.100d.txt")
/// let queen = vectors.analogy("man", isTo: "king", as: "woman")
/// ```
public struct WordVectors: Sendable {
  /// The words, most frequent first in most files.
  public let words: [String]
  /// One row per word: `[count, dimension]`.
  public let vectors: Tensor<Float>
  /// Vectors of parts of words, in a fastText model: they give words that were never seen a vector.
  public let subwords: Subwords?

  private let positions: [ExactWord: Int]
  /// One over the length of each vector; 0 for a vector of zeros.
  private let scales: [Float]

  /// Words and the rows of a matrix `[count, dimension]`. Where a word appears twice, the first is found by it.
  public init(words: [String], vectors: Tensor<Float>, subwords: Subwords? = nil) {
    require(
      vectors.rank == 2 && vectors.shape[0] == words.count, "WordVectors",
      "\(words.count) words and vectors of shape \(vectors.shape), not [\(words.count), dimension]")
    self.words = words
    self.vectors = vectors.contiguous()
    self.subwords = subwords
    positions = Dictionary(zip(words.lazy.map(ExactWord.init(text:)), words.indices)) { first, _ in first }
    let dimension = vectors.shape[1]
    scales = self.vectors.withUnsafeBufferPointer { values in
      (0..<words.count).map { row in
        let vector = UnsafeBufferPointer(rebasing: values[(row * dimension)..<((row + 1) * dimension)])
        let length = dot(vector, vector).squareRoot()
        return length > 0 ? 1 / length : 0
      }
    }
  }

  /// Reads a file: word2vec text or binary, GloVe or fastText text, plain or packed by gzip; a fastText model.
  ///
  /// Throws if it cannot be read, is of another format, or is damaged.
  public init(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) {
    let file = try Weights.openSingle(path, options: options)
    if let file = file as? WordVectorFile {
      self = file.vectors
    } else if let file = file as? FastTextFile {
      self = try file.wordVectors()
    } else {
      throw FileError(file: path, problem: "a file of the format \(file.format), not of word vectors")
    }
  }

  /// How many words there are.
  public var count: Int { words.count }
  /// How many numbers a vector has.
  public var dimension: Int { vectors.shape[1] }

  /// The row of a word; nil if it is not among the words.
  public func index(of word: String) -> Int? { positions[ExactWord(text: word)] }

  /// The vector of one of the words; nil if it is not among them.
  public subscript(word: String) -> [Float]? { index(of: word).map(row) }

  /// The vector of any word: its own, or, in a fastText model, the mean of its parts'; nil if neither is there.
  public func vector(for word: String) -> [Float]? { self[word] ?? subwords?.vector(for: word) }

  private func row(_ index: Int) -> [Float] {
    vectors.withUnsafeBufferPointer { Array($0[(index * dimension)..<((index + 1) * dimension)]) }
  }

  // MARK: Similarity

  /// A word and how similar it is.
  public struct Match: Sendable, Hashable {
    /// One of the words.
    public var word: String
    /// The cosine of the angle between the vectors, at most 1.
    public var similarity: Float
  }

  /// The cosine of the angle between the vectors of two words; nil if one has none.
  public func similarity(_ first: String, _ second: String) -> Float? {
    guard let first = unit(first), let second = unit(second) else { return nil }
    return zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The words most similar to the sum of `positive` less the sum of `negative`, all taken at length 1, themselves left out.
  ///
  /// Empty if one of them has no vector.
  public func mostSimilar(to positive: [String], butNot negative: [String] = [], count limit: Int = 10) -> [Match] {
    var query = [Float](repeating: 0, count: dimension)
    for (words, sign) in [(positive, Float(1)), (negative, -1)] {
      for word in words {
        guard let vector = unit(word) else { return [] }
        for index in query.indices { query[index] += sign * vector[index] }
      }
    }
    let length = query.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if length > 0 { for index in query.indices { query[index] /= length } }
    let excluded = Set((positive + negative).compactMap(index(of:)))
    return nearest(to: query, excluding: excluded, count: limit)
  }

  /// The words most similar to a word, itself left out.
  public func mostSimilar(to word: String, count limit: Int = 10) -> [Match] {
    mostSimilar(to: [word], count: limit)
  }

  /// The word that is to `third` as `second` is to `first`: king is to man as … is to woman. nil if a word has no vector.
  public func analogy(_ first: String, isTo second: String, as third: String) -> String? {
    mostSimilar(to: [second, third], butNot: [first], count: 1).first?.word
  }

  private func unit(_ word: String) -> [Float]? {
    guard let vector = vector(for: word) else { return nil }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? vector.map { $0 / length } : vector
  }

  private func nearest(to query: [Float], excluding excluded: Set<Int>, count limit: Int) -> [Match] {
    var best: [(index: Int, similarity: Float)] = []
    vectors.withUnsafeBufferPointer { values in
      query.withUnsafeBufferPointer { query in
        for index in 0..<words.count where !excluded.contains(index) {
          let row = UnsafeBufferPointer(rebasing: values[(index * dimension)..<((index + 1) * dimension)])
          let similarity = dot(row, query) * scales[index]
          guard best.count < limit || similarity > best.last?.similarity ?? -.infinity else { continue }
          let place = best.firstIndex { $0.similarity < similarity } ?? best.count
          best.insert((index, similarity), at: place)
          if best.count > limit { best.removeLast() }
        }
      }
    }
    return best.map { Match(word: words[$0.index], similarity: $0.similarity) }
  }
}

/// A word compared byte by byte. Swift's String takes "é" as one letter and as "e" with an accent for equal; files may hold both.
private struct ExactWord: Hashable {
  let text: String

  init(text: String) { self.text = text }

  static func == (left: ExactWord, right: ExactWord) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// The sum of the products of two vectors of one length.
private func dot(_ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>) -> Float {
  var sums = SIMD8<Float>.zero
  var index = 0
  while index + 8 <= left.count {
    var a = SIMD8<Float>.zero
    var b = SIMD8<Float>.zero
    for lane in 0..<8 {
      a[lane] = left[index + lane]
      b[lane] = right[index + lane]
    }
    sums += a * b
    index += 8
  }
  var sum = sums.sum()
  while index < left.count {
    sum += left[index] * right[index]
    index += 1
  }
  return sum
}
