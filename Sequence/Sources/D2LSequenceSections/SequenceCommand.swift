import ArgumentParser
import D2LCommands

/// `d2l sequence`: the sections of the chapters on sequences, and what uses trained models.
public struct SequenceCommand: ParsableCommand {
  /// The sections, in the book's order.
  public static let sections: [any Section.Type] = [
    SineSection.self, TextPreprocessingSection.self, NGramSection.self, RecurrentIdentitySection.self,
    RNNScratchSection.self, RNNSection.self, BackpropagationSection.self, GRUScratchSection.self, GRUSection.self,
    LSTMScratchSection.self, LSTMSection.self, DeepLSTMSection.self, PennTreebankSection.self,
    BidirectionalSection.self, TranslationDataSection.self, EncoderDecoderSection.self, Seq2SeqSection.self,
    BeamSearchSection.self,
  ]

  /// The name and the subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "sequence", abstract: "Recurrent networks: language models and translation (chapters 8 and 9).",
    subcommands: sections.map { $0 as any ParsableCommand.Type } + [GenerateCommand.self, PronounceCommand.self])

  /// The command as the command line fills it.
  public init() {}
}
