import D2LCore

/// A language model that writes: a prefix goes in, the text goes on (book 8.5).
public struct TextGenerator {
  private let model: any AutoregressiveModel
  private let vocabulary: TokenTable
  private let tokenization: Tokenization

  /// A model with what its numbers stand for.
  public init(_ model: any AutoregressiveModel, vocabulary: TokenTable, tokenization: Tokenization) {
    require(
      vocabulary.count == model.vocabularySize, "TextGenerator",
      "\(vocabulary.count) tokens for a model of \(model.vocabularySize)")
    self.model = model
    self.vocabulary = vocabulary
    self.tokenization = tokenization
  }

  /// A saved model.
  public init(_ file: LanguageModelFile) {
    self.init(file.model, vocabulary: file.vocabulary, tokenization: file.tokenization)
  }

  /// The prefix and `count` tokens after it. Unknown tokens are never drawn.
  ///
  /// Throws a ``SequenceError`` if the prefix is empty or has tokens that the model does not know.
  public func text(
    after prefix: String, count: Int, sampling: TokenSampling = .greedy, seed: UInt64 = 0
  ) throws(SequenceError) -> String {
    let tokens = tokenization.tokens(of: prefix)
    guard !tokens.isEmpty else {
      throw SequenceError("the prefix is empty", help: "give at least one token for the text to go on from")
    }
    let numbers = try vocabulary.numbers(of: tokens, in: prefix)
    var generator = RandomGenerator(seed: seed)
    let continuation = continuation(of: numbers, count: count, sampling: sampling, using: &generator)
    return (tokens + continuation.map { vocabulary.tokens[$0] }).joined(separator: tokenization.separator)
  }

  /// The `count` tokens that follow `prefix`.
  public func continuation(
    of prefix: [Int], count: Int, sampling: TokenSampling, using generator: inout RandomGenerator
  ) -> [Int] {
    require(!prefix.isEmpty, "continuation", "of nothing")
    var result: [Int] = []
    model.evaluating {
      var state: RecurrentState?
      var tokens = prefix
      while result.count < count {
        let (logits, next) = model(Tensor(tokens.map { Int64($0) }).reshaped([1, tokens.count]), from: state)
        var scores = logits[tokens.count - 1, 0].values
        if let unknown = vocabulary.unknown { scores[unknown] = -.infinity }
        tokens = [sampling.token(scores, using: &generator)]
        result += tokens
        state = next
      }
    }
    return result
  }
}

extension Tokenization {
  /// What stands between tokens in a text.
  public var separator: String { self == .words ? " " : "" }
}
