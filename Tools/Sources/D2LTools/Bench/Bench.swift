import D2LBench
import D2LCommands
import Foundation

/// What a worker found, and what share of a core others took meanwhile.
struct Reading: Codable, Sendable {
  let measurement: WorkloadMeasurement
  let others: Double

  /// Others took so much that the reading should be taken again.
  var isBusy: Bool { others > WorkloadMeasurement.busyShare }

  /// Why it should.
  var remark: String { "BUSY: other processes used \(fixed(others, 1)) cores" }

  /// As one line of JSON.
  var line: String { get throws { try jsonLine(self) } }
}

extension WorkloadMeasurement {
  /// As one line of JSON, with the keys of the contract.
  var line: String { get throws { try jsonLine(self) } }
}

/// Takes readings of our own workloads in processes of their own.
struct Bench {
  private static let tries = 3
  private let executable: URL
  private let threads: Int

  /// Readings with a number of threads. Throws if this program cannot find its own file.
  init(threads: Int) throws {
    guard let executable = Bundle.main.executableURL else {
      throw BenchError(description: "the path of this program is not known, so no worker can be started")
    }
    self.executable = executable
    self.threads = threads
  }

  /// The first quiet reading of up to three, else the fastest.
  func reading(of workload: String, _ mode: WorkloadMode) throws -> Reading {
    var best: Reading?
    for _ in 0..<Bench.tries {
      let reading = try once(workload, mode)
      if !reading.isBusy { return reading }
      if best.map({ reading.measurement.msMedian < $0.measurement.msMedian }) ?? true { best = reading }
    }
    guard let best else { throw BenchError(description: "\(workload) \(mode.rawValue): no reading") }
    return best
  }

  private func once(_ workload: String, _ mode: WorkloadMode) throws -> Reading {
    let worker = Subprocess(
      executable,
      ["bench", "--worker", "--only", workload, "--mode", mode.rawValue, "--threads", String(threads)])
    let (output, status) = try worker.run()
    if Interruption.isRequested { throw InterruptedRun(description: "Stopped.") }
    guard status == 0, let line = output.split(separator: "\n").last,
      let reading = try? JSONDecoder().decode(Reading.self, from: Data(line.utf8))
    else { throw BenchError(description: "\(workload) \(mode.rawValue): the worker ended with status \(status)") }
    return reading
  }
}

private func jsonLine(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
