import ArgumentParser
import D2LCommands
import D2LSequenceSections

/// `d2l sequence` as a program of its own.
@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "d2l-sequence", abstract: SequenceCommand.configuration.abstract,
    subcommands: SequenceCommand.configuration.subcommands)

  static func main() { runAsProgram() }
}
