import ArgumentParser
import D2LBench

/// `d2l bench`: how fast it is, by the contract that the programs in other frameworks keep too.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the workloads of the benchmark, alone or beside another framework's program.",
    subcommands: [RunCommand.self, CompareCommand.self, LoadCommand.self], defaultSubcommand: RunCommand.self)
}

/// What of a workload is timed, on the command line.
enum ModeChoice: String, ExpressibleByArgument, CaseIterable {
  case train, infer, both

  /// The modes that are meant.
  var modes: [WorkloadMode] {
    switch self {
    case .train: [.train]
    case .infer: [.infer]
    case .both: [.train, .infer]
    }
  }
}

/// The options that say what is measured.
struct BenchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("These workloads or groups of workloads (conv2d, sgemm). (default: all)", valueName: "a,b"))
  var only: String?

  @Option(help: "One optimisation step, one forward pass, or both.")
  var mode = ModeChoice.both

  @Option(parsing: .unconditional, help: "How many threads to use.")
  var threads = 2

  func validate() throws {
    guard 1...256 ~= threads else {
      throw ValidationError("--threads \(threads): a number from 1 to 256 is expected.")
    }
  }

  /// The names among `all` that `--only` means: whole names, or beginnings that end before an underscore.
  func names(among all: [String]) throws -> [String] {
    guard let only else { return all }
    var names: [String] = []
    for wanted in only.split(separator: ",", omittingEmptySubsequences: false) {
      let found = all.contains(String(wanted)) ? [String(wanted)] : all.filter { $0.hasPrefix(wanted + "_") }
      guard !found.isEmpty, !wanted.isEmpty else {
        throw ValidationError("--only: no workload is called '\(wanted)'; `d2l bench --list` shows them.")
      }
      names += found.filter { !names.contains($0) }
    }
    return names
  }
}

/// Some of what was asked for could not be measured.
struct BenchError: Error, CustomStringConvertible {
  let description: String
}
