import D2LFiles
import D2LTensor

/// A file of words with their vectors, read whole: as a file of weights it has one tensor, `vectors`, `[count, dimension]`.
public struct WordVectorFile: WeightFile {
  /// The path, for messages.
  public let file: String
  /// ``WeightFormat/vectorText`` or ``WeightFormat/word2vecBinary``.
  public let format: WeightFormat
  /// The words and vectors.
  public let vectors: WordVectors
  /// Words that were not UTF-8 and were read with a replacement character, if there are any.
  public let metadata: [String: String]

  /// The name of the one tensor.
  public static let tensorName = "vectors"

  init(_ table: VectorTable, file: String, format: WeightFormat) {
    self.file = file
    self.format = format
    let shape: Shape = [table.words.count, table.dimension]
    vectors = WordVectors(words: table.words, vectors: Tensor(shape: shape, values: table.values))
    metadata = table.repairedWords > 0 ? ["words that are not UTF-8": String(table.repairedWords)] : [:]
  }

  /// The one entry.
  public var entries: [WeightEntry] {
    let shape = vectors.vectors.shape
    return [
      WeightEntry(
        name: Self.tensorName, dtypeInFile: .float32, shape: shape, byteCount: shape.elementCount * 4, tiedTo: nil)
    ]
  }

  /// The one entry, if it is asked for by its name.
  public func entry(named name: String) -> WeightEntry? { entries.first { $0.name == name } }

  /// The matrix of vectors.
  public func tensor(named name: String) throws(FileError) -> AnyTensor {
    guard name == Self.tensorName else { throw missing(name, among: names, in: file) }
    return vectors.vectors.erased
  }
}

/// Words and vectors while they are read.
struct VectorTable {
  let dimension: Int
  private(set) var words: [String] = []
  private(set) var values: [Float] = []
  private(set) var repairedWords = 0

  init(dimension: Int) { self.dimension = dimension }

  mutating func add(word: some Collection<UInt8>, _ fill: (inout [Float]) -> Void) {
    if let text = String(validating: word, as: UTF8.self) {
      words.append(text)
    } else {
      // Old tools cut words in the middle of a letter.
      words.append(String(decoding: Array(word), as: UTF8.self))
      repairedWords += 1
    }
    fill(&values)
  }
}
