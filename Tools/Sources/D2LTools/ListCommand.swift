import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// `d2l list`: the sections that run.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show all sections with their commands, data and papers.")

  @Flag(help: "Print a JSON array with number, title, package, command, data and paper of each section.")
  var json = false

  @Flag(help: "Print the table as README.md has it.")
  var markdown = false

  func validate() throws {
    if json && markdown { throw ValidationError("--json and --markdown: give one of the two.") }
  }

  func run() throws {
    let sections = DomainPackage.sections
    if markdown {
      print(ListCommand.markdown(sections))
    } else if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(sections), as: UTF8.self))
    } else {
      print(ListCommand.table(sections))
    }
  }

  private static func markdown(_ sections: [SectionInfo]) -> TextTable {
    var table = TextTable(
      columns: ["section", "title", "command", "data"].map { TextTable.Column($0, alignment: .leading) },
      style: .markdown)
    for section in sections { table.add(section.number, section.title, "`\(section.invocation)`", section.data) }
    return table
  }

  private static func table(_ sections: [SectionInfo]) -> TextTable {
    var table = TextTable(columns: [
      TextTable.Column("section", alignment: .leading), TextTable.Column("title"), TextTable.Column("command"),
      TextTable.Column("data"), TextTable.Column("paper", maximumWidth: 60),
    ])
    for section in sections {
      table.add(section.number, section.title, section.invocation, section.data, section.paper ?? "–")
    }
    return table
  }
}
