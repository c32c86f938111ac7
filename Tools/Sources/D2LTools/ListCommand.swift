import ArgumentParser
import D2LCommands
import D2LCore
import D2LCoverage
import Foundation

/// `d2l list`: the sections that run, or how Core's operators and layers are checked.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show all sections with their commands, data and papers.")

  @Flag(help: "Print a JSON array with number, title, package, command, data and paper of each section.")
  var json = false

  @Flag(help: "Print the table as README.md has it.")
  var markdown = false

  @Flag(
    help: """
      Show instead every public operator, layer, loss, optimizer and schedule of Core with what checks its gradient and its values, and whether it \
      is documented.
      """)
  var operators = false

  func validate() throws {
    if json && markdown { throw ValidationError("--json and --markdown: give one of the two.") }
  }

  func run() throws {
    if operators {
      try printCoverage()
      return
    }
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

  private func printCoverage() throws {
    let rows: [Coverage.Row]
    do {
      rows = try Coverage.rows()
    } catch {
      throw ValidationError("--operators reads Core's sources, which are not where d2l was built: \(error)")
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(rows), as: UTF8.self))
      return
    }
    var table = TextTable(
      columns: ["kind", "name", "gradient checked", "parity tested", "documented"].map {
        TextTable.Column($0, alignment: .leading)
      }, style: markdown ? .markdown : .rule)
    for row in rows {
      table.add(row.kind, markdown ? "`\(row.name)`" : row.name, row.gradient, row.values, row.documented)
    }
    print(table)
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
