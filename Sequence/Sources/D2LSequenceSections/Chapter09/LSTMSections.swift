import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// Section 9.2: long short-term memory written out with matrix products.
struct LSTMScratchSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "9.2", title: "Long Short-Term Memory (LSTM), from scratch", package: "sequence", command: "lstm-scratch",
    data: "The Time Machine", paper: "Hochreiter, Schmidhuber, \"Long Short-Term Memory\", 1997")
  static let epochs = 500
  static let batchSize = 32
  static let learningRate = 1.0
  static let quick = TrainingSettings(epochs: 24, batchSize: 8, learningRate: 4)

  @OptionGroup var options: TrainingOptions<LSTMScratchSection>
  @OptionGroup var characters: CharacterOptions

  func run() throws {
    try CharacterModelRun.run(
      Self.info, options, characters, name: "LSTM from scratch", hidden: options.quick ? 96 : 256
    ) { LSTMScratch(vocabulary: $0, hidden: $1) }
  }
}

/// Section 9.2, concise: the layer in one operation.
struct LSTMSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "9.2", title: "Long Short-Term Memory (LSTM)", package: "sequence", command: "lstm",
    data: "The Time Machine", paper: LSTMScratchSection.info.paper)
  static let epochs = 500
  static let batchSize = 32
  static let learningRate = 1.0
  static let quick = TrainingSettings(epochs: 20, batchSize: 8, learningRate: 4)

  @OptionGroup var options: TrainingOptions<LSTMSection>
  @OptionGroup var characters: CharacterOptions

  func run() throws {
    try CharacterModelRun.run(Self.info, options, characters, name: "LSTM", hidden: options.quick ? 128 : 256) {
      LanguageModel(LanguageModelConfiguration(.lstm, vocabulary: $0, hidden: $1))
    }
  }
}

/// i, f, o = σ(x W + h U + b), g = tanh(x W + h U + b), c' = f c + i g, h' = o tanh(c'): the book's memory cell, step by step.
public final class LSTMScratch: AutoregressiveModel {
  /// How many characters it tells apart.
  public let vocabularySize: Int
  private let hidden: Int
  @Key("input") private var input: ScratchGate
  @Key("forget") private var forget: ScratchGate
  @Key("exposed") private var exposed: ScratchGate
  @Key("candidate") private var candidate: ScratchGate
  @Key("output") private var output: ScratchOutput

  /// Weights N(0, 0.01²), biases zero, that of the forget gate too.
  public init(vocabulary: Int, hidden: Int) {
    (vocabularySize, self.hidden) = (vocabulary, hidden)
    input = ScratchGate(vocabulary, hidden)
    forget = ScratchGate(vocabulary, hidden)
    exposed = ScratchGate(vocabulary, hidden)
    candidate = ScratchGate(vocabulary, hidden)
    output = ScratchOutput(hidden, vocabulary)
  }

  /// Hidden state and cell, all zero, `[1, batch, hidden]`.
  public func zeroState(batch: Int) -> RecurrentState {
    let zeros = Tensor<Float>(zeros: [1, batch, hidden])
    return RecurrentState(hidden: zeros, cell: zeros)
  }

  /// Tokens `[batch, steps]` to logits `[steps, batch, vocabulary]`.
  public func callAsFunction(
    _ tokens: Tensor<Int64>, from state: RecurrentState? = nil
  ) -> (logits: Tensor<Float>, state: RecurrentState) {
    let inputs = Tensor<Float>(oneHot: tokens.transposed(), classes: vocabularySize)  // [steps, batch, vocabulary]
    let state = state ?? zeroState(batch: tokens.shape[0])
    guard let cell = state.cell else { fail("LSTMScratch", "a state without a cell") }
    var (h, c) = (state.hidden[0], cell[0])  // [batch, hidden]
    var outputs: [Tensor<Float>] = []
    for step in 0..<inputs.shape[0] {
      let x = inputs[step]
      let i = sigmoid(input(x, h))
      let f = sigmoid(forget(x, h))
      let o = sigmoid(exposed(x, h))
      c = f * c + i * tanh(candidate(x, h))
      h = o * tanh(c)
      outputs.append(output(h))
    }
    return (
      Tensor(stacking: outputs), RecurrentState(hidden: h.unsqueezed(axis: 0), cell: c.unsqueezed(axis: 0))
    )
  }
}
