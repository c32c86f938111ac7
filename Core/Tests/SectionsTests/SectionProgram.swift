import D2LTestSupport
import Foundation
import Testing

/// `d2l-core` as its users run it, in a folder that is gone after the test.
struct SectionProgram {
  private let program: Program
  private let folder: TemporaryFolder

  init() throws {
    program = try Program("d2l-core")
    folder = try TemporaryFolder()
  }

  /// Runs a section with these arguments.
  func run(_ command: String, _ arguments: [String] = [], variables: [String: String] = [:]) throws -> Program.Outcome {
    try program.run([command] + arguments, variables: variables, in: folder.path)
  }

  /// Runs a section with `--json` into the folder `run`, and reads the line that sums it up; the run must end well and leave a report.
  func numbers(
    _ command: String, _ arguments: [String] = ["--quick"], variables: [String: String] = [:]
  ) throws -> SectionNumbers {
    let outcome = try run(command, arguments + ["--json", "--out", "run"], variables: variables)
    try #require(outcome.status == 0, "\(command): \(outcome.errors)")
    #expect(outcome.errors.isEmpty, "\(command): \(outcome.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.file("run/report.html")), "\(command) leaves no report")
    let line = try #require(outcome.output.split(separator: "\n").last)
    let fields = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(fields["run"] as? String == "run")
    return SectionNumbers(fields: fields, output: outcome.output, folder: folder.file("run"))
  }

  /// A run that ends with this status and a message that names what is wrong, before anything is printed.
  func expectFailure(_ command: String, _ arguments: [String], status: Int32, naming text: String) throws {
    let outcome = try run(command, arguments)
    #expect(outcome.status == status, "\(command) \(arguments)")
    #expect(outcome.errors.hasPrefix("Error: "), "\(command): \(outcome.errors)")
    #expect(outcome.errors.contains(text), "\(command): \(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  /// A command line that is refused: status 2, and nothing left behind.
  func expectRefusal(_ command: String, _ arguments: [String], naming text: String) throws {
    let before = try files()
    try expectFailure(command, arguments, status: 2, naming: text)
    #expect(try files() == before)
  }

  /// What is in the folder, that is: what earlier runs left.
  private func files() throws -> Set<String> { Set(try FileManager.default.subpathsOfDirectory(atPath: folder.path)) }
}

/// What a section showed: the numbers of its line of JSON, all it printed, and the folder it left.
struct SectionNumbers {
  /// The line's fields.
  let fields: [String: Any]
  /// Standard output.
  let output: String
  /// Where plots, pictures and report are.
  let folder: String

  /// The numbers shown under a name: one, or the elements of an array in order.
  subscript(name: String) -> [Double] {
    switch fields[name] {
    case let number as NSNumber: return [number.doubleValue]
    case let numbers as [Any]: return numbers.map { ($0 as? NSNumber)?.doubleValue ?? .nan }
    default:
      Issue.record("nothing is shown as \"\(name)\"; there are \(fields.keys.sorted())")
      return []
    }
  }

  /// Whether a file of this name was left in the run's folder.
  func hasFile(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/" + name) }

  /// The text of a file in the run's folder.
  func text(of name: String) throws -> String { try String(contentsOfFile: folder + "/" + name, encoding: .utf8) }
}

extension SectionNumbers {
  /// A column of the run's metrics, an epoch an element.
  func column(_ name: String) throws -> [Double] {
    let rows = try text(of: "metrics.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let place = try #require(rows.first?.firstIndex(of: name), "there is no column \(name)")
    return rows.dropFirst().map { Double($0[place]) ?? .nan }
  }
}
