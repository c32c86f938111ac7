import ArgumentParser
import D2LCommands
import D2LSequence

/// Section 9.3: two layers of LSTM, one above the other.
struct DeepLSTMSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "9.3", title: "Deep Recurrent Neural Networks", package: "sequence", command: "deep-lstm",
    data: "The Time Machine")
  static let epochs = 500
  static let batchSize = 32
  static let learningRate = 2.0
  static let quick = TrainingSettings(epochs: 24, batchSize: 8, learningRate: 4)

  @OptionGroup var options: TrainingOptions<DeepLSTMSection>
  @OptionGroup var characters: CharacterOptions

  func run() throws {
    try CharacterModelRun.run(
      Self.info, options, characters, name: "LSTM of 2 layers", hidden: options.quick ? 96 : 256
    ) {
      LanguageModel(LanguageModelConfiguration(.lstm, vocabulary: $0, hidden: $1, layers: 2))
    }
  }
}

/// Section 9.4: the wrong tool. A direction that reads backwards has seen what is to be foretold: the loss is low in training and on any text, and the
/// model cannot write, because then nothing comes after.
struct BidirectionalSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "9.4", title: "Bidirectional Recurrent Neural Networks", package: "sequence", command: "bidirectional",
    data: "The Time Machine",
    paper: "Schuster, Paliwal, \"Bidirectional Recurrent Neural Networks\", 1997")
  static let epochs = 500
  static let batchSize = 32
  static let learningRate = 1.0
  static let quick = TrainingSettings(epochs: 16, batchSize: 8, learningRate: 2)

  @OptionGroup var options: TrainingOptions<BidirectionalSection>
  @OptionGroup var characters: CharacterOptions

  func run() throws {
    try CharacterModelRun.run(
      Self.info, options, characters, name: "bidirectional LSTM of 2 layers", hidden: options.quick ? 64 : 256,
      remark:
        "Its perplexity is low because it reads what it is to foretell; what it writes, with nothing to read ahead, shows it."
    ) { LanguageModel(LanguageModelConfiguration(.lstm, vocabulary: $0, hidden: $1, layers: 2, isBidirectional: true)) }
  }
}
