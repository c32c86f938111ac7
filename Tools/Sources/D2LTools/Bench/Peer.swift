import D2LBench
import D2LCommands
import Foundation

/// Another framework's program that keeps the same contract.
struct Peer {
  /// Its command line, as one would type it.
  let command: String

  /// The names of its workloads: the first words of the lines that `--list` prints.
  func workloads() throws -> [String] {
    let (output, status) = try Subprocess("\(command) --list").run()
    let names = output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
    guard status == 0, !names.isEmpty else {
      throw BenchError(description: "`\(command) --list` shows no workloads (status \(status)); is the command right?")
    }
    return names
  }

  /// Its reading of a workload; nil if it has none in this mode. It sees to busy moments itself, as the contract asks.
  func reading(of workload: String, _ mode: WorkloadMode, threads: Int) throws -> WorkloadMeasurement? {
    let line = "\(command) --only \(workload) --mode \(mode.rawValue) --threads \(threads) --json"
    let (output, status) = try Subprocess(line).run()
    if Interruption.isRequested { throw InterruptedRun(description: "Stopped.") }
    guard status == 0 else { throw BenchError(description: "`\(line)` ended with status \(status)") }
    guard let text = output.split(separator: "\n").first(where: { $0.hasPrefix("{") }) else { return nil }
    do {
      return try JSONDecoder().decode(WorkloadMeasurement.self, from: Data(text.utf8))
    } catch {
      throw BenchError(description: "`\(line)` printed a line that is not a measurement: \(text)")
    }
  }
}
