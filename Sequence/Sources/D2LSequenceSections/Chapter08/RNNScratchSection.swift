import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// Section 8.5: a recurrent network written out with matrix products.
struct RNNScratchSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "8.5", title: "Implementation of Recurrent Neural Networks from Scratch", package: "sequence",
    command: "rnn-scratch", data: "The Time Machine")
  static let epochs = 500
  static let batchSize = 32
  static let learningRate = 1.0
  static let quick = TrainingSettings(epochs: 12, batchSize: 8, learningRate: 0.7)

  @OptionGroup var options: TrainingOptions<RNNScratchSection>
  @OptionGroup var characters: CharacterOptions

  func run() throws {
    try CharacterModelRun.run(
      Self.info, options, characters, name: "RNN from scratch", hidden: options.quick ? 128 : 512
    ) { RNNScratch(vocabulary: $0, hidden: $1) }
  }
}

/// h = tanh(x W_xh + h W_hh + b_h), o = h W_hq + b_q: the book's network, step by step.
public final class RNNScratch: AutoregressiveModel {
  /// How many characters it tells apart.
  public let vocabularySize: Int
  private let hidden: Int
  @Key("W_xh") private var inputWeight: Parameter
  @Key("W_hh") private var hiddenWeight: Parameter
  @Key("b_h") private var hiddenBias: Parameter
  @Key("W_hq") private var outputWeight: Parameter
  @Key("b_q") private var outputBias: Parameter

  /// Weights N(0, 0.01²), biases zero.
  public init(vocabulary: Int, hidden: Int) {
    (vocabularySize, self.hidden) = (vocabulary, hidden)
    let normal = Initializer.normal(standardDeviation: 0.01)
    inputWeight = Parameter([vocabulary, hidden], normal)
    hiddenWeight = Parameter([hidden, hidden], normal)
    hiddenBias = Parameter([hidden], .zeros)
    outputWeight = Parameter([hidden, vocabulary], normal)
    outputBias = Parameter([vocabulary], .zeros)
  }

  /// All zero, `[1, batch, hidden]`.
  public func zeroState(batch: Int) -> RecurrentState { RecurrentState(hidden: Tensor(zeros: [1, batch, hidden])) }

  /// Tokens `[batch, steps]` to logits `[steps, batch, vocabulary]`.
  public func callAsFunction(
    _ tokens: Tensor<Int64>, from state: RecurrentState? = nil
  ) -> (logits: Tensor<Float>, state: RecurrentState) {
    let inputs = Tensor<Float>(oneHot: tokens.transposed(), classes: vocabularySize)  // [steps, batch, vocabulary]
    var h = (state ?? zeroState(batch: tokens.shape[0])).hidden[0]  // [batch, hidden]
    var outputs: [Tensor<Float>] = []
    for step in 0..<inputs.shape[0] {
      h = tanh(inputs[step].matmul(inputWeight.value) + h.matmul(hiddenWeight.value) + hiddenBias.value)
      outputs.append(h.matmul(outputWeight.value) + outputBias.value)  // [batch, vocabulary]
    }
    return (Tensor(stacking: outputs), RecurrentState(hidden: h.unsqueezed(axis: 0)))
  }
}
