import D2LCore

/// A model that reads tokens one after the other and says of each what might follow. Training, generation and perplexity work with any such model.
public protocol AutoregressiveModel: Module {
  /// How many tokens it tells apart.
  var vocabularySize: Int { get }
  /// Tokens `[batch, steps]` to logits `[steps, batch, vocabulary]`, time first, and the state behind the last token; from the zero state if nil.
  func callAsFunction(
    _ tokens: Tensor<Int64>, from state: RecurrentState?
  ) -> (logits: Tensor<Float>, state: RecurrentState)
  /// The state that a text begins with.
  func zeroState(batch: Int) -> RecurrentState
}

extension AutoregressiveModel {
  /// The mean cross-entropy of a batch's targets per token, in nats, and the state behind its last tokens.
  public func loss(
    _ batch: SequenceBatch, from state: RecurrentState? = nil
  ) -> (loss: Tensor<Float>, state: RecurrentState) {
    let (logits, next) = self(batch.inputs, from: state)  // [steps, batch, vocabulary]
    let rows = logits.reshaped([batch.tokenCount, vocabularySize])
    return (crossEntropy(rows, batch.targets.transposed().reshaped([batch.tokenCount])), next)
  }
}

/// The sizes of a ``LanguageModel``.
public struct LanguageModelConfiguration: Sendable, Hashable, Codable {
  /// The kind of the recurrent layers.
  public var kind: RecurrentKind
  /// How many tokens there are.
  public var vocabulary: Int
  /// The width of the tokens' vectors; nil for one-hot vectors, as the book has them for characters.
  public var embedding: Int?
  /// Units of each layer and direction.
  public var hidden: Int
  /// How many layers are stacked.
  public var layers: Int
  /// The probability of zero for vectors, between layers and for outputs, in training.
  public var dropout: Double
  /// Whether a second direction reads the text backwards: which gives away what is to be predicted (book 9.4).
  public var isBidirectional: Bool
  /// Whether the output layer's weight is the table of vectors (Press & Wolf, 2017).
  public var isTied: Bool

  /// The given sizes; one layer over one-hot vectors unless told otherwise.
  public init(
    _ kind: RecurrentKind, vocabulary: Int, embedding: Int? = nil, hidden: Int, layers: Int = 1, dropout: Double = 0,
    isBidirectional: Bool = false, isTied: Bool = false
  ) {
    self.kind = kind
    self.vocabulary = vocabulary
    self.embedding = embedding
    self.hidden = hidden
    self.layers = layers
    self.dropout = dropout
    self.isBidirectional = isBidirectional
    self.isTied = isTied
  }
}

/// Vectors of tokens, recurrent layers, scores of the next token: the book's `RNNModel` (8.6) and PyTorch's word-language-model example in one.
///
/// Keys as in that example: `encoder.weight` (absent with one-hot vectors), `rnn.weight_ih_l0` …, `decoder.weight`, `decoder.bias`.
public final class LanguageModel: AutoregressiveModel {
  /// Its sizes.
  public let configuration: LanguageModelConfiguration
  private let encoder: Embedding?
  private let rnn: any RecurrentLayer
  private let decoder: Linear
  private let drop: Dropout

  /// A model of the given sizes.
  public init(_ configuration: LanguageModelConfiguration) {
    let sizes = configuration
    let width = sizes.hidden * (sizes.isBidirectional ? 2 : 1)
    require(
      !sizes.isTied || sizes.embedding == width, "LanguageModel",
      "tied weights take vectors as wide as the outputs, \(width), not \(sizes.embedding ?? sizes.vocabulary)")
    self.configuration = sizes
    encoder = sizes.embedding.map { Embedding(sizes.vocabulary, $0) }
    rnn = sizes.kind.layer(
      sizes.embedding ?? sizes.vocabulary, sizes.hidden, layers: sizes.layers,
      dropout: sizes.layers > 1 ? sizes.dropout : 0, bidirectional: sizes.isBidirectional)
    decoder =
      if sizes.isTied, let encoder {
        Linear(weight: encoder.weight, bias: Parameter([sizes.vocabulary], .zeros))
      } else {
        Linear(width, sizes.vocabulary)
      }
    drop = Dropout(sizes.dropout)
  }

  /// How many tokens it tells apart.
  public var vocabularySize: Int { configuration.vocabulary }

  /// The state that a text begins with.
  public func zeroState(batch: Int) -> RecurrentState { rnn.zeroState(batch: batch) }

  /// Tokens `[batch, steps]` to logits `[steps, batch, vocabulary]` and the state behind the last token.
  public func callAsFunction(
    _ tokens: Tensor<Int64>, from state: RecurrentState? = nil
  ) -> (logits: Tensor<Float>, state: RecurrentState) {
    require(tokens.rank == 2, "LanguageModel", "tokens \(tokens.shape) are not [batch, steps]")
    let ids = tokens.transposed()  // [steps, batch]
    let (output, next) =
      if let encoder {
        rnn(drop(encoder(ids)), from: state, lengths: nil)
      } else {
        rnn(ids: ids, from: state, lengths: nil)
      }  // [steps, batch, outputs]
    return (decoder(drop(output)), next)
  }

  /// Vectors, output weights and all recurrent weights uniform on ±`range`, output biases zero: how word models begin (Zaremba et al., 2014).
  public func initializeUniformly(_ range: Float = 0.1) {
    for parameter in parameters { parameter.initialize(.uniform(low: -range, high: range)) }
    decoder.bias?.initialize(.zeros)
  }
}
