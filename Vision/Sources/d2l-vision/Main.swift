import ArgumentParser
import D2LCommands
import D2LVisionSections

/// `d2l vision` as a program of its own.
@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "d2l-vision", abstract: VisionCommand.configuration.abstract,
    subcommands: VisionCommand.configuration.ungroupedSubcommands,
    groupedSubcommands: VisionCommand.configuration.groupedSubcommands)

  static func main() { runAsProgram() }
}
