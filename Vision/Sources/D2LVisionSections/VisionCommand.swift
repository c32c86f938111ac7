import ArgumentParser
import D2LCommands

/// `d2l vision`: the sections of the chapters on vision.
public struct VisionCommand: ParsableCommand {
  /// The sections, in the book's order.
  public static let sections: [any Section.Type] = [LeNetSection.self]

  public static let configuration = CommandConfiguration(
    commandName: "vision", abstract: "Convolutional networks and computer vision (chapters 6, 7 and 13).",
    subcommands: sections.map { $0 as any ParsableCommand.Type })

  public init() {}
}
