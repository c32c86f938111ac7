import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// Section 9.1: gated recurrent units written out with matrix products.
struct GRUScratchSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "9.1", title: "Gated Recurrent Units (GRU), from scratch", package: "sequence", command: "gru-scratch",
    data: "The Time Machine",
    paper: "Cho, van Merriënboer, Bahdanau, Bengio, \"On the Properties of Neural Machine Translation\", 2014")
  static let epochs = 500
  static let batchSize = 32
  static let learningRate = 1.0
  static let quick = TrainingSettings(epochs: 20, batchSize: 8, learningRate: 2)

  @OptionGroup var options: TrainingOptions<GRUScratchSection>
  @OptionGroup var characters: CharacterOptions

  func run() throws {
    try CharacterModelRun.run(
      Self.info, options, characters, name: "GRU from scratch", hidden: options.quick ? 96 : 256
    ) { GRUScratch(vocabulary: $0, hidden: $1) }
  }
}

/// Section 9.1, concise: the layer in one operation.
struct GRUSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "9.1", title: "Gated Recurrent Units (GRU)", package: "sequence", command: "gru",
    data: "The Time Machine", paper: GRUScratchSection.info.paper)
  static let epochs = 500
  static let batchSize = 32
  static let learningRate = 1.0
  static let quick = TrainingSettings(epochs: 20, batchSize: 8, learningRate: 2)

  @OptionGroup var options: TrainingOptions<GRUSection>
  @OptionGroup var characters: CharacterOptions

  func run() throws {
    try CharacterModelRun.run(Self.info, options, characters, name: "GRU", hidden: options.quick ? 128 : 256) {
      LanguageModel(LanguageModelConfiguration(.gru, vocabulary: $0, hidden: $1))
    }
  }
}

/// r, z = σ(x W + h U + b), h̃ = tanh(x W + (r h) U + b), h' = z h + (1 - z) h̃: the book's unit, step by step.
///
/// The reset gate multiplies the state before its matrix product; in the fused layer it multiplies the product, as in PyTorch, so the two differ
/// slightly wherever the gate is not 1.
public final class GRUScratch: AutoregressiveModel {
  /// How many characters it tells apart.
  public let vocabularySize: Int
  private let hidden: Int
  @Key("update") private var update: ScratchGate
  @Key("reset") private var reset: ScratchGate
  @Key("candidate") private var candidate: ScratchGate
  @Key("output") private var output: ScratchOutput

  /// Weights N(0, 0.01²), biases zero.
  public init(vocabulary: Int, hidden: Int) {
    (vocabularySize, self.hidden) = (vocabulary, hidden)
    update = ScratchGate(vocabulary, hidden)
    reset = ScratchGate(vocabulary, hidden)
    candidate = ScratchGate(vocabulary, hidden)
    output = ScratchOutput(hidden, vocabulary)
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
      let x = inputs[step]
      let z = sigmoid(update(x, h))
      let r = sigmoid(reset(x, h))
      let candidate = tanh(candidate(x, r * h))
      h = z * h + (1 - z) * candidate
      outputs.append(output(h))
    }
    return (Tensor(stacking: outputs), RecurrentState(hidden: h.unsqueezed(axis: 0)))
  }
}
