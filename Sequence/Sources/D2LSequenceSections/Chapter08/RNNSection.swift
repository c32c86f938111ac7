import ArgumentParser
import D2LCommands
import D2LSequence

/// Section 8.6: the same network, its layer in one operation.
struct RNNSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "8.6", title: "Concise Implementation of Recurrent Neural Networks", package: "sequence", command: "rnn",
    data: "The Time Machine")
  static let epochs = 500
  static let batchSize = 32
  static let learningRate = 1.0
  static let quick = TrainingSettings(epochs: 20, batchSize: 8, learningRate: 0.7)

  @OptionGroup var options: TrainingOptions<RNNSection>
  @OptionGroup var characters: CharacterOptions

  func run() throws {
    try CharacterModelRun.run(Self.info, options, characters, name: "RNN", hidden: options.quick ? 128 : 256) {
      LanguageModel(LanguageModelConfiguration(.rnn, vocabulary: $0, hidden: $1))
    }
  }
}
