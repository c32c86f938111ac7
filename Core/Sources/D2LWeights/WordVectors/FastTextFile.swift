import D2LFiles
import D2LTensor

/// A fastText model, `.bin`: words, settings, and the matrices `input` and `output`.
///
/// Format: fastText, `src/fasttext.cc` (`loadModel`), `src/dictionary.cc` (`load`), versions 11 and 12, and the first layout, which has
/// no magic number. Quantised models (`.ftz`) are refused.
public struct FastTextFile: TableFile {
  let table: TensorTable
  /// The settings of the training, by fastText's names.
  public let metadata: [String: String]
  /// The words, most frequent first, without the labels of a classifier.
  public let words: [String]
  /// The labels of a classifier.
  public let labels: [String]
  /// Always ``WeightFormat/fastTextBinary``.
  public var format: WeightFormat { .fastTextBinary }

  private let settings: FastTextSettings

  /// The longest word that is believed: every one has up to 64 parts for each of its letters, whose vectors are summed.
  private static let wordLimit = 1 << 12

  /// The number that newer files begin with.
  static let magic: Int32 = 793_712_314

  /// Opens the file at `path`.
  ///
  /// Throws if it cannot be read, is not a fastText model, is quantised or damaged.
  public init(_ path: String, options: ReadOptions = ReadOptions()) throws(FileError) {
    try self.init(MappedFile(path), options: options)
  }

  init(_ source: any ByteSource, options: ReadOptions) throws(FileError) {
    var reader = ByteReader(source)
    var version = 0
    if try source.integer(Int32.self, at: 0) == Self.magic {
      try reader.skip(4)
      version = Int(try reader.integer(Int32.self))
      guard (1...12).contains(version) else {
        throw reader.error("version \(version) of the format is unknown; up to 12 is read", at: 4)
      }
    }
    let settings = try FastTextSettings(&reader, version: version)
    let isNew = version > 0

    let start = reader.offset
    let size = try reader.count(Int32.self, elementSize: 10, of: "words")
    let wordCount = Int(try reader.integer(Int32.self))
    let labelCount = Int(try reader.integer(Int32.self))
    guard wordCount >= 0, labelCount >= 0, wordCount + labelCount == size else {
      throw reader.error("\(size) entries are not \(wordCount) words and \(labelCount) labels", at: start)
    }
    try reader.skip(8)  // Number of words in the text it was trained on.
    let pruned = isNew ? try reader.integer(Int64.self) : -1
    guard pruned <= 0 else { throw reader.error("a quantised model is not supported", help: "use the full model") }
    var words: [String] = []
    var labels: [String] = []
    for _ in 0..<size {
      let word = try reader.bytes(upTo: 0, limit: Self.wordLimit)
      try reader.skip(8)  // How often it appeared.
      let kind = try reader.byte()
      guard kind <= 1 else { throw reader.error("an entry is neither word nor label") }
      if kind == 0 {
        words.append(String(decoding: word, as: UTF8.self))
      } else {
        labels.append(String(decoding: word, as: UTF8.self))
      }
    }
    guard words.count == wordCount else { throw reader.error("\(words.count) words where \(wordCount) are promised") }

    var table = TensorTable(source, options: options)
    for name in ["input", "output"] { try table.add(name, Self.matrix(name, &reader, isNew: isNew)) }
    guard reader.isAtEnd else { throw reader.error("\(reader.remaining) bytes follow the last matrix") }
    let rows = table.entries[0].shape
    guard rows[1] == settings.dimension,
      rows[0] == wordCount + settings.bucketCount || settings.longest == 0 && rows[0] >= wordCount
    else {
      throw FileError(
        file: source.file, at: .key("input"),
        problem:
          "\(rows) is not the shape for \(wordCount) words, \(settings.bucketCount) buckets and \(settings.dimension) numbers"
      )
    }
    self.table = table
    self.words = words
    self.labels = labels
    self.settings = settings
    metadata = settings.text
  }

  private static func matrix(_ name: String, _ reader: inout ByteReader, isNew: Bool) throws(FileError) -> TensorSlot {
    if isNew, try reader.byte() != 0 {
      throw FileError(
        file: reader.source.file, at: .key(name), problem: "a quantised matrix is not supported",
        help: "use the full model")
    }
    let sizes = [Int(try reader.integer(Int64.self)), Int(try reader.integer(Int64.self))]
    let shape = try checkedShape(sizes, of: .float32, key: name, file: reader.source.file)
    let start = reader.offset
    try reader.skip(shape.elementCount * 4)
    return TensorSlot(.stored(reader.source, start..<reader.offset), .float32, shape)
  }

  /// The words with their vectors: the mean of a word's own row and those of its parts.
  public func wordVectors() throws(FileError) -> WordVectors {
    let input = try tensor(named: "input")
    guard let matrix = Tensor<Float>(exactly: input) else { throw missing("input", among: names, in: file) }
    let subwords = Subwords(
      lengths: max(settings.shortest, 1)...max(settings.longest, settings.shortest, 1),
      bucketCount: settings.longest > 0 ? settings.bucketCount : 0, matrix: matrix, firstRow: words.count)
    var values: [Float] = []
    for (index, word) in words.enumerated() {
      // The end of a sentence is no text and has no parts; in the first layout it still had.
      let isWhole = word == "</s>" && settings.version > 0
      values += subwords.mean(of: [index] + (isWhole ? [] : subwords.rows(of: word)))
    }
    let vectors = Tensor<Float>(shape: [words.count, settings.dimension], values: values)
    return WordVectors(words: words, vectors: vectors, subwords: subwords.bucketCount > 0 ? subwords : nil)
  }
}

/// The settings at the beginning of a fastText model.
struct FastTextSettings: Sendable {
  let dimension: Int
  let bucketCount: Int
  let shortest: Int
  let longest: Int
  let version: Int
  let text: [String: String]

  static let names = [
    "dim", "ws", "epoch", "minCount", "neg", "wordNgrams", "loss", "model", "bucket", "minn", "maxn", "lrUpdateRate",
  ]

  init(_ reader: inout ByteReader, version: Int) throws(FileError) {
    let start = reader.offset
    var values: [String: Int] = [:]
    for name in Self.names { values[name] = Int(try reader.integer(Int32.self)) }
    let threshold = try reader.double()
    let isClassifier = values["model"] == 3
    self.version = version
    dimension = values["dim"] ?? 0
    bucketCount = values["bucket"] ?? 0
    shortest = values["minn"] ?? 0
    // Classifiers of version 11 have no parts of words, whatever they say (`loadModel`).
    longest = version == 11 && isClassifier ? 0 : values["maxn"] ?? 0
    text = values.mapValues(String.init).merging(["t": String(threshold), "version": String(version)]) { $1 }
    guard dimension > 0, dimension <= VectorText.dimensionLimit, bucketCount >= 0, (0...64).contains(shortest),
      (0...64).contains(longest), (1...3).contains(values["model"] ?? 0), (1...4).contains(values["loss"] ?? 0)
    else { throw reader.error("the settings are impossible", at: start, help: "this is not a fastText model") }
  }
}
