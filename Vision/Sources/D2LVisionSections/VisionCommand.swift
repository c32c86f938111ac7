import ArgumentParser
import D2LCommands

/// `d2l vision`: the sections of the chapters on vision.
public struct VisionCommand: ParsableCommand {
  /// The sections, in the book's order.
  public static let sections: [any Section.Type] = Chapter06.sections + Chapter07.sections + Chapter12.sections

  /// What can be done with the networks beside the book's sections.
  static let tools: [any ParsableCommand.Type] = [ModelsCommand.self, ClassifyCommand.self, FinetuneCommand.self]

  /// The name and the subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "vision", abstract: "Convolutional networks and computer vision (chapters 6, 7 and 13).",
    subcommands: tools,
    groupedSubcommands: [
      CommandGroup(name: "Book", subcommands: sections.map { $0 as any ParsableCommand.Type })
    ])

  /// The command as the command line fills it.
  public init() {}
}
