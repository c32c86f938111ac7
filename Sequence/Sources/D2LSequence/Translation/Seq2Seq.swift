import D2LCore

/// The sizes of a ``Seq2Seq``.
public struct Seq2SeqConfiguration: Sendable, Hashable, Codable {
  /// The kind of the recurrent layers.
  public var kind: RecurrentKind
  /// How many tokens the source language has.
  public var source: Int
  /// How many tokens the target language has.
  public var target: Int
  /// The width of the tokens' vectors.
  public var embedding: Int
  /// Units of each layer.
  public var hidden: Int
  /// Layers of encoder and decoder.
  public var layers: Int
  /// The probability of zero between layers, in training.
  public var dropout: Double
  /// Whether the decoder sees the encoder's last state at every step, or only begins with it.
  public var repeatsContext: Bool

  /// The given sizes.
  public init(
    _ kind: RecurrentKind, source: Int, target: Int, embedding: Int, hidden: Int, layers: Int = 1, dropout: Double = 0,
    repeatsContext: Bool = true
  ) {
    self.kind = kind
    self.source = source
    self.target = target
    self.embedding = embedding
    self.hidden = hidden
    self.layers = layers
    self.dropout = dropout
    self.repeatsContext = repeatsContext
  }
}

/// Reads a sentence into a state: vectors of tokens through recurrent layers (book 9.7). Keys `embedding.weight`, `rnn.weight_ih_l0` ….
public final class Seq2SeqEncoder: Module {
  private let embedding: Embedding
  private let rnn: any RecurrentLayer

  /// An encoder of the given sizes.
  public init(_ sizes: Seq2SeqConfiguration) {
    embedding = Embedding(sizes.source, sizes.embedding)
    rnn = sizes.kind.layer(sizes.embedding, sizes.hidden, layers: sizes.layers, dropout: sizes.dropout)
  }

  /// Tokens `[batch, steps]` to the top layer's outputs `[steps, batch, hidden]` and the state of all layers behind each sentence's last token; with
  /// `lengths` `[batch]` padding is not read.
  public func callAsFunction(
    _ tokens: Tensor<Int64>, lengths: Tensor<Int64>? = nil
  ) -> (output: Tensor<Float>, state: RecurrentState) {
    rnn(embedding(tokens.transposed()), from: nil, lengths: lengths)
  }
}

/// Where a decoder stands in several sentences.
public struct Seq2SeqState: DecodingState {
  /// The state of its layers.
  public var recurrent: RecurrentState
  /// What it sees at every step beside the last token, `[batch, hidden]`.
  public var context: Tensor<Float>?

  /// The states of the given sentences.
  public func selecting(_ rows: Tensor<Int64>) -> Seq2SeqState {
    Seq2SeqState(recurrent: recurrent.selecting(rows), context: context?.taking(rows))
  }
}

/// Writes a sentence from a state (book 9.7). Keys `embedding.weight`, `rnn.weight_ih_l0` …, `dense.weight`, `dense.bias`.
public final class Seq2SeqDecoder: Module {
  private let embedding: Embedding
  private let rnn: any RecurrentLayer
  private let dense: Linear
  private let repeatsContext: Bool

  /// A decoder of the given sizes.
  public init(_ sizes: Seq2SeqConfiguration) {
    repeatsContext = sizes.repeatsContext
    embedding = Embedding(sizes.target, sizes.embedding)
    rnn = sizes.kind.layer(
      sizes.embedding + (sizes.repeatsContext ? sizes.hidden : 0), sizes.hidden, layers: sizes.layers,
      dropout: sizes.dropout)
    dense = Linear(sizes.hidden, sizes.target)
  }

  /// The state that a sentence begins with. The context is the encoder's last state and stays that, in training and in decoding alike: the book's
  /// decoder takes its own current state for it when it goes step by step, which is not what it was trained with.
  public func beginning(with encoded: RecurrentState) -> Seq2SeqState {
    Seq2SeqState(recurrent: encoded, context: repeatsContext ? encoded.top : nil)
  }

  /// The tokens before, `[batch, steps]`, to logits of those that follow, `[steps, batch, vocabulary]`, and where it stands then.
  public func callAsFunction(
    _ tokens: Tensor<Int64>, from state: Seq2SeqState
  ) -> (logits: Tensor<Float>, state: Seq2SeqState) {
    var x = embedding(tokens.transposed())  // [steps, batch, embedding]
    if let context = state.context {
      let (steps, batch, hidden) = (x.shape[0], x.shape[1], context.shape[1])
      x = x.concatenated(with: context.unsqueezed(axis: 0).expanded(to: [steps, batch, hidden]), axis: 2)
    }
    let (output, next) = rnn(x, from: state.recurrent, lengths: nil)  // [steps, batch, hidden]
    return (dense(output), Seq2SeqState(recurrent: next, context: state.context))
  }
}

/// An encoder whose last state a decoder goes on from: sequence to sequence (Sutskever et al., 2014; Cho et al., 2014; book 9.6 and 9.7), over any
/// recurrent layer.
///
/// Keys are the book's: `encoder.embedding.weight`, `decoder.rnn.weight_ih_l0`, `decoder.dense.weight` ….
public final class Seq2Seq: Module {
  /// Its sizes.
  public let configuration: Seq2SeqConfiguration
  /// Reads.
  public let encoder: Seq2SeqEncoder
  /// Writes.
  public let decoder: Seq2SeqDecoder

  /// A model of the given sizes.
  public init(_ configuration: Seq2SeqConfiguration) {
    self.configuration = configuration
    encoder = Seq2SeqEncoder(configuration)
    decoder = Seq2SeqDecoder(configuration)
  }

  /// Where the decoder begins for sources `[batch, steps]`.
  public func encoded(_ source: Tensor<Int64>, lengths: Tensor<Int64>? = nil) -> Seq2SeqState {
    decoder.beginning(with: encoder(source, lengths: lengths).state)
  }

  /// Teacher forcing: sources and the right tokens so far, both `[batch, steps]`, to logits of the next ones, `[steps, batch, vocabulary]`.
  public func callAsFunction(
    _ source: Tensor<Int64>, lengths: Tensor<Int64>? = nil, decoderInput: Tensor<Int64>
  ) -> Tensor<Float> {
    decoder(decoderInput, from: encoded(source, lengths: lengths)).logits
  }

  /// What the decoder is given in teacher forcing: the target `[batch, steps]` with `first` before it and without its last token.
  public static func shiftedRight(_ target: Tensor<Int64>, beginning first: Int) -> Tensor<Int64> {
    let begin = Tensor<Int64>(repeating: Int64(first), shape: [target.shape[0], 1])
    return begin.concatenated(with: target[.all, 0..<(target.shape[1] - 1)], axis: 1)
  }

  /// One loss per sentence, `[batch]`: the mean cross-entropy over all steps, those past the end counting zero (book 9.7). Logits
  /// `[steps, batch, vocabulary]`, targets `[batch, steps]`, valid steps `[batch]`.
  public static func maskedLoss(
    _ logits: Tensor<Float>, _ target: Tensor<Int64>, lengths: Tensor<Int64>
  ) -> Tensor<Float> {
    let (batch, steps) = (target.shape[0], target.shape[1])
    require(
      logits.rank == 3 && logits.shape[0] == steps && logits.shape[1] == batch && lengths.shape == [batch],
      "maskedLoss", "logits \(logits.shape), targets \(target.shape), lengths \(lengths.shape)")
    let ignored: Int64 = -100
    let isPast = Tensor<Int64>(arange: steps) .>= lengths.reshaped([batch, 1])
    let rows = target.replacing(where: isPast, with: ignored).transposed().reshaped([steps * batch])
    let losses = logits.reshaped([steps * batch, logits.shape[2]]).crossEntropyPerRow(rows, ignoring: ignored)
    return losses.reshaped([steps, batch]).mean(axis: 0)
  }

  /// The book's beginning: weights of recurrent layers and of the output layer Xavier-uniform, vectors standard normal.
  public func initializeXavier() {
    for (name, parameter) in namedParameters() where parameter.shape.count == 2 && !name.contains("embedding") {
      parameter.initialize(.xavierUniform())
    }
  }
}
