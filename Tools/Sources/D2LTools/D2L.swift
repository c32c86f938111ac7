import ArgumentParser
import D2LCommands

/// `d2l`: the sections of all packages, and what goes with them.
public struct D2L: ParsableCommand {
  /// The version of all packages, which are released together.
  public static let version = "0.1.0"

  /// The name and the subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "d2l", abstract: "Deep learning in Swift, after the book Dive into Deep Learning.", version: version,
    subcommands: [ListCommand.self, DoctorCommand.self, BenchCommand.self, NewCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Files",
        subcommands: [
          InspectCommand.self, ConvertCommand.self, RunModelCommand.self, ImageCommand.self, DataCommand.self,
        ]),
      CommandGroup(name: "Book", subcommands: DomainPackage.all.map { $0.command }),
    ])

  /// The command as the command line fills it.
  public init() {}
}
