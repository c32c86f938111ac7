import ArgumentParser
import D2LBench
import D2LCommands
import D2LCore
import Foundation

/// `d2l bench`: times our own workloads, each in a process of its own.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measure the workloads.",
    discussion: "Each workload and mode runs in a process of its own, so that peak memory is its own.")

  @Flag(help: "Show the workloads and stop.")
  var list = false

  @OptionGroup var options: BenchOptions

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @Flag(help: "Measure in this process and show where the time goes, by operation.")
  var profile = false

  @Option(
    parsing: .unconditional,
    help: "Take exactly so many steps in this process and time nothing: for counters of instructions.")
  var steps: Int?

  @Flag(help: .hidden)
  var worker = false

  func validate() throws {
    guard steps.map({ 1...1_000_000 ~= $0 }) ?? true else {
      throw ValidationError("--steps \(steps ?? 0): a number from 1 to 1000000 is expected.")
    }
  }

  func run() throws {
    let workloads = DomainPackage.workloads
    let names = try options.names(among: workloads.map(\.name))
    let chosen = names.compactMap { name in workloads.first { $0.name == name } }
    if worker {
      try work(chosen)
    } else if let steps {
      try take(steps, of: chosen)
    } else if profile {
      try profile(chosen)
    } else if list {
      print(RunCommand.table(chosen))
    } else {
      try measure(chosen)
    }
  }

  private static func table(_ workloads: [Workload]) -> TextTable {
    var table = TextTable("workload", "batch", "unit", "modes")
    for workload in workloads {
      table.add(
        workload.name, String(workload.batch), workload.unit, workload.modes.map(\.rawValue).joined(separator: ", "))
    }
    return table
  }

  /// Measures in this process, for the one that started it.
  private func work(_ workloads: [Workload]) throws {
    Engine.threads = options.threads
    for workload in workloads {
      for mode in options.mode.modes where workload.modes.contains(mode) {
        let (measurement, others) = try workload.measure(mode, version: D2L.version)
        print(try Reading(measurement: measurement, others: others).line)
      }
    }
  }

  private func take(_ steps: Int, of workloads: [Workload]) throws {
    Engine.threads = options.threads
    for workload in workloads {
      for mode in options.mode.modes where workload.modes.contains(mode) {
        let job = workload.job(mode)
        var last: Float = 0
        for _ in 0..<steps { last = job.step() }
        guard last.isFinite else { throw BenchError(description: "\(workload.name) \(mode.rawValue): not finite") }
        print("\(workload.name) \(mode.rawValue): \(steps) steps")
      }
    }
  }

  /// Measures in this process under a profile; memory is that of all workloads together.
  private func profile(_ workloads: [Workload]) throws {
    Engine.threads = options.threads
    for workload in workloads {
      for mode in options.mode.modes where workload.modes.contains(mode) {
        let profiler = Profiler(keepingEvents: 0)
        let (measurement, _) = try profiler.run { try workload.measure(mode, version: D2L.version) }
        print("\n\(workload.name) \(mode.rawValue): \(fixed(measurement.msMedian, 3)) ms a step\n\(profiler.table)")
        fflush(nil)
      }
    }
  }

  private func measure(_ workloads: [Workload]) throws {
    Interruption.watch()
    let bench = try Bench(threads: options.threads)
    var failures: [String] = []
    if !json { print(WorkloadMeasurement.columns) }
    fflush(nil)
    for workload in workloads {
      for mode in options.mode.modes where workload.modes.contains(mode) {
        do {
          let reading = try bench.reading(of: workload.name, mode)
          print(json ? try reading.measurement.line : reading.measurement.row)
          fflush(nil)
          if reading.isBusy { complain("\(workload.name) \(mode.rawValue): \(reading.remark)") }
        } catch let error as BenchError {
          complain("FAILED \(error)")
          failures.append("\(workload.name) \(mode.rawValue)")
        }
      }
    }
    guard failures.isEmpty else {
      throw BenchError(description: "could not be measured: " + failures.joined(separator: ", "))
    }
  }
}

/// Says something on standard error.
func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

extension WorkloadMeasurement {
  fileprivate static let columns =
    "workload                  mode     ms median      ms min    per second  unit        peak MB"

  fileprivate var row: String {
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func left(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    return left(workload, 24) + "  " + left(mode, 5) + right(fixed(msMedian, 3), 13) + right(fixed(msMin, 3), 12)
      + right(fixed(perSecond, 1), 14) + "  " + left(unit, 10) + right(fixed(peakMegabytes, 0), 9)
  }
}
