import D2LCore

/// The words of two languages, with what surrounds sentences: `<pad>` 1, `<bos>` 2, `<eos>` 3 (book 9.5).
public struct TranslationVocabularies: Sendable, Equatable {
  /// Fills a sentence up.
  public static let padding = "<pad>"
  /// Begins a sentence.
  public static let begin = "<bos>"
  /// Ends a sentence.
  public static let end = "<eos>"
  private static let reserved = [padding, begin, end]

  /// Of the language translated from.
  public let source: Vocabulary
  /// Of the language translated into.
  public let target: Vocabulary

  /// The words of the pairs that come at least `minimumCount` times in their language.
  public init(_ pairs: [SentencePair], minimumCount: Int = 2) {
    source = Vocabulary(pairs.map(\.source), minimumCount: minimumCount, reserved: Self.reserved)
    target = Vocabulary(pairs.map(\.target), minimumCount: minimumCount, reserved: Self.reserved)
  }

  /// The number of `<pad>`, in both.
  public var padding: Int { target[Self.padding] }
  /// The number of `<bos>`, in both.
  public var begin: Int { target[Self.begin] }
  /// The number of `<eos>`, in both.
  public var end: Int { target[Self.end] }
}

/// Sentences with translations, padded to one length.
public struct TranslationBatch: Sendable, Equatable {
  /// Tokens, `[batch, steps]`.
  public let source: Tensor<Int64>
  /// How many of them are not padding, `[batch]`.
  public let sourceLengths: Tensor<Int64>
  /// Tokens of the translations, `[batch, steps]`, each with `<eos>` at its end.
  public let target: Tensor<Int64>
  /// How many of them are not padding, `[batch]`.
  public let targetLengths: Tensor<Int64>

  /// How many tokens are to be written, the ends included.
  public var targetTokens: Int { targetLengths.values.reduce(0) { $0 + Int($1) } }
}

/// Sentence pairs that fit into a number of steps, `<eos>` included.
public struct TranslationDataset: Dataset {
  /// The pairs.
  public let pairs: [SentencePair]
  /// How many pairs were left out because a sentence is longer than the steps.
  public let tooLong: Int
  /// Tokens each sentence is padded to.
  public let steps: Int
  private let source, target: PaddedBatch

  /// The pairs that fit, as numbers. The book cuts longer sentences, so that they lose their end; here they are left out and counted.
  public init(_ pairs: [SentencePair], _ vocabularies: TranslationVocabularies, steps: Int) {
    require(steps > 0, "TranslationDataset", "sentences of \(steps) tokens")
    let fitting = pairs.filter { Swift.max($0.source.count, $0.target.count) < steps }
    self.pairs = fitting
    tooLong = pairs.count - fitting.count
    self.steps = steps
    source = PaddedBatch(
      fitting.map { vocabularies.source[$0.source] + [vocabularies.end] }, padding: vocabularies.padding, steps: steps)
    target = PaddedBatch(
      fitting.map { vocabularies.target[$0.target] + [vocabularies.end] }, padding: vocabularies.padding, steps: steps)
  }

  /// How many pairs there are.
  public var count: Int { pairs.count }

  /// The pairs of the given numbers.
  public func batch(_ numbers: [Int], using generator: inout RandomGenerator) -> TranslationBatch {
    let rows = Tensor(numbers.map { Int64($0) })
    return TranslationBatch(
      source: source.tokens.taking(rows), sourceLengths: source.lengths.taking(rows),
      target: target.tokens.taking(rows), targetLengths: target.lengths.taking(rows))
  }
}
