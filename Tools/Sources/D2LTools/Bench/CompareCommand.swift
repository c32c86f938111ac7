import ArgumentParser
import D2LBench
import D2LCommands
import D2LCore
import Foundation

/// `d2l bench compare`: our workloads beside another framework's, turn by turn.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Measure beside another framework's program, turn by turn.",
    discussion: """
      The other program must know --list, --only, --mode, --threads and --json, and print one JSON object a line. A ratio is its \
      time in units of ours: above 1 where we are faster.
      """)

  @Option(help: "The other program's command line, such as \"python torch_zoo.py --tuned\".")
  var peer: String

  @Option(parsing: .unconditional, help: "How often both are measured.")
  var rounds = 3

  @OptionGroup var options: BenchOptions

  @Option(help: ArgumentHelp("The folder for the results. (default: a new one under runs/)", valueName: "dir"))
  var out: String?

  func validate() throws {
    guard 1...100 ~= rounds else { throw ValidationError("--rounds \(rounds): a number from 1 to 100 is expected.") }
  }

  func run() throws {
    Interruption.watch()
    let peer = Peer(command: peer)
    let ours = DomainPackage.workloads
    let theirNames = try peer.workloads()
    let all = ours.map(\.name) + theirNames.filter { name in !ours.contains { $0.name == name } }
    let wanted = try options.names(among: all)
    let shared = ours.filter { wanted.contains($0.name) && theirNames.contains($0.name) }
    let ourLack = wanted.filter { name in !ours.contains { $0.name == name } }
    let theirLack = wanted.filter { !theirNames.contains($0) }
    let folder = try RunFolder(out ?? RunFolder.freshPath(for: "bench"))
    let rows = try measure(shared, peer)
    let comparison = Comparison(rows: rows)
    print("")
    if !rows.isEmpty { print("\(comparison.table)\n\n\(comparison.summary)") }
    if !ourLack.isEmpty { print("Left out, because we do not have them: \(ourLack.joined(separator: ", ")).") }
    if !theirLack.isEmpty {
      print("Left out, because the other does not have them: \(theirLack.joined(separator: ", ")).")
    }
    try folder.write(comparison.csv, to: "comparison.csv")
    let lines = try rows.flatMap { row in try (row.ours + row.theirs).map { try $0.line } }
    try folder.write(lines.map { $0 + "\n" }.joined(), to: "readings.jsonl")
    if !rows.isEmpty {
      let chart = comparison.chart(threads: options.threads)
      try folder.write(chart, to: "comparison.svg", width: max(640, 60 + 90 * Double(chart.categories.count)))
    }
    print("Written: \(folder.path)/comparison.csv, comparison.svg, readings.jsonl")
  }

  private func measure(_ workloads: [Workload], _ peer: Peer) throws -> [PairedReadings] {
    let bench = try Bench(threads: options.threads)
    var rows: [PairedReadings] = []
    for workload in workloads {
      for mode in options.mode.modes where workload.modes.contains(mode) {
        var (ours, theirs): ([WorkloadMeasurement], [WorkloadMeasurement]) = ([], [])
        var busyRounds = 0
        for round in 1...rounds {
          let reading = try bench.reading(of: workload.name, mode)
          guard let theirReading = try peer.reading(of: workload.name, mode, threads: options.threads) else { break }
          ours.append(reading.measurement)
          theirs.append(theirReading)
          if reading.isBusy { busyRounds += 1 }
          print(
            "\(workload.name) \(mode.rawValue), round \(round) of \(rounds): ours \(fixed(reading.measurement.msMedian, 3)) ms, "
              + "theirs \(fixed(theirReading.msMedian, 3)) ms" + (reading.isBusy ? "  (\(reading.remark))" : ""))
          fflush(nil)
        }
        if ours.isEmpty {
          print("\(workload.name) \(mode.rawValue): left out, the other program does not measure it")
        } else {
          rows.append(
            PairedReadings(workload: workload.name, mode: mode, ours: ours, theirs: theirs, busyRounds: busyRounds))
        }
      }
    }
    return rows
  }
}
