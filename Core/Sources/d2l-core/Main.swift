import ArgumentParser
import D2LCommands
import D2LCoreSections

/// `d2l core` as a program of its own.
@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "d2l-core", abstract: CoreCommand.configuration.abstract,
    subcommands: CoreCommand.configuration.subcommands)

  static func main() { runAsProgram() }
}
