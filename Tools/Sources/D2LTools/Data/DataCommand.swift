import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// `d2l data`: the data sets of the book.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Find, fetch and verify the data sets of the book.",
    discussion: """
      A set is looked for in $D2L_DATA/NAME, then in the cache ($D2L_CACHE, or ~/.cache/d2l), then where the system's packages put it.
      """,
    subcommands: [
      DataListCommand.self, DataPathCommand.self, DataFetchCommand.self, DataVerifyCommand.self,
    ])
}

/// A data set named on the command line.
struct DataName: ExpressibleByArgument {
  let dataset: RemoteDataset?
  let name: String

  init(argument: String) {
    name = argument
    dataset = RemoteDataset.named(argument)
  }

  /// The set; a usage error with the nearest name if there is none.
  func known() throws -> RemoteDataset {
    guard let dataset else {
      throw ValidationError(unknown("data set", name, among: RemoteDataset.all.map(\.name), see: "d2l data list"))
    }
    return dataset
  }
}

/// `d2l data list`: all sets, and where they are.
struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show all data sets, where they lie on this machine, and their terms.")

  @Flag(help: "Print a JSON array.")
  var json = false

  private struct Row: Encodable {
    let name: String
    let title: String
    /// The folder, if it is on this machine.
    let folder: String?
    /// Why it cannot be used, if files of it are damaged.
    let damage: String?
    let files: [String]
    let terms: String
  }

  func run() throws {
    let cache = DataCache()
    let rows = RemoteDataset.all.map { dataset -> Row in
      var folder: String?
      var damage: String?
      do throws(FileError) { folder = try cache.locate(dataset)?.folder } catch { damage = "\(error)" }
      return Row(
        name: dataset.name, title: dataset.title, folder: folder, damage: damage, files: dataset.files.map(\.name),
        terms: dataset.terms)
    }
    if json {
      try printJSON(rows)
      return
    }
    var table = TextTable("name", "title", "where", "terms")
    for row in rows {
      table.add(row.name, row.title, row.folder ?? (row.damage == nil ? "not on this machine" : "damaged"), row.terms)
    }
    print(table)
  }
}

/// `d2l data path`: where a set lies.
struct DataPathCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Print the folder of a data set on this machine, or the path of one of its files.")

  @Argument(help: "The data set's name.")
  var name: DataName

  @Argument(help: "One of its files.")
  var file: String?

  func validate() throws {
    let dataset = try name.known()
    guard file.map({ name in dataset.files.contains { $0.name == name } }) ?? true else {
      throw ValidationError(
        "\(dataset.name) has no file '\(file ?? "")'; it has \(dataset.files.map(\.name).joined(separator: ", ")).")
    }
  }

  func run() throws {
    let dataset = try name.known()
    guard let location = try DataCache().locate(dataset) else {
      throw FileError(
        file: dataset.name, problem: "not on this machine", help: "fetch it with: d2l data fetch \(dataset.name)")
    }
    print(try file.map { try location.path(of: $0) } ?? location.folder)
  }
}

/// `d2l data fetch`: brings sets that are missing.
struct DataFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Bring data sets onto this machine, unless they are there, and print their folders."
  )

  @Argument(help: "The data sets' names.")
  var names: [DataName]

  func validate() throws { for name in names { _ = try name.known() } }

  func run() throws {
    for name in names {
      let location = try DataCache().fetch(name.known(), progress: DownloadPrinter().show)
      for error in location.passedOver { complain("passed over: \(error)") }
      print(location.folder)
    }
  }
}

/// `d2l data verify`: checks every file of sets that are on this machine.
struct DataVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check the files of data sets, wherever they lie, against their published sums.",
    discussion: "Exit status 1 if a file is damaged, or if a set that is named is not on this machine.")

  @Argument(help: "The data sets' names. (default: all)")
  var names: [DataName] = []

  func validate() throws { for name in names { _ = try name.known() } }

  func run() throws {
    let cache = DataCache()
    let sets = names.isEmpty ? RemoteDataset.all : try names.map { try $0.known() }
    var table = TextTable("data set", "file", "state", "where")
    var problems: [String] = []
    for dataset in sets {
      let findings = cache.findings(for: dataset).filter { $0.state != .missing }
      for finding in findings {
        switch finding.state {
        case .sound(.published): table.add(dataset.name, finding.file, "as published", finding.folder)
        case .sound(.repacked): table.add(dataset.name, finding.file, "repacked, same content", finding.folder)
        case .missing: continue
        case .damaged(let error):
          table.add(dataset.name, finding.file, "damaged", finding.folder)
          problems.append("\(error)")
        }
      }
      let isThere = Dictionary(grouping: findings, by: \.folder).values.contains { $0.count == dataset.files.count }
      if !isThere {
        table.add(dataset.name, "", findings.isEmpty ? "not on this machine" : "files are missing", "")
        if !names.isEmpty { problems.append("\(dataset.name): not whole on this machine") }
      }
    }
    print(table)
    for problem in problems { complain(problem) }
    guard problems.isEmpty else { throw CommandFailure(description: "\(problems.count) to look at, see above") }
  }
}
