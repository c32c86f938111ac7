import ArgumentParser
import D2LCommands

/// `d2l core`: the sections of the chapters on basics and optimisation.
public struct CoreCommand: ParsableCommand {
  /// The sections, in the book's order.
  public static let sections: [any Section.Type] =
    Chapter02.sections + Chapter03.sections + Chapter04.sections + Chapter05.sections + Chapter11.sections

  /// The command with its sections.
  public static let configuration = CommandConfiguration(
    commandName: "core", abstract: "Arrays, linear networks, perceptrons, optimisation (chapters 2 to 5 and 11).",
    subcommands: sections.map { $0 as any ParsableCommand.Type })

  /// The command, for the parser.
  public init() {}
}
