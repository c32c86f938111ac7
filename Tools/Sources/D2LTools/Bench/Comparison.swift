import D2LBench
import D2LCommands
import D2LCore
import Foundation

/// Readings of one workload and mode, ours and theirs taken in turn.
struct PairedReadings: Sendable {
  let workload: String
  let mode: WorkloadMode
  let ours: [WorkloadMeasurement]
  let theirs: [WorkloadMeasurement]
  /// In how many rounds others kept the machine busy while ours was measured.
  let busyRounds: Int

  /// Their time in units of ours, round by round: above 1 where we are faster.
  var ratios: [Double] { zip(theirs, ours).map { $0.msMedian / $1.msMedian } }
  /// The middle one.
  var ratio: Double { median(ratios) }
  /// The smallest and the largest.
  var spread: (least: Double, most: Double) { (ratios.min() ?? .nan, ratios.max() ?? .nan) }
  /// Our milliseconds a step.
  var ourMilliseconds: Double { median(ours.map(\.msMedian)) }
  /// Their milliseconds a step.
  var theirMilliseconds: Double { median(theirs.map(\.msMedian)) }
  /// Our peak memory in MB.
  var ourMegabytes: Double { median(ours.map(\.peakMegabytes)) }
  /// Their peak memory in MB.
  var theirMegabytes: Double { median(theirs.map(\.peakMegabytes)) }
  /// Their peak memory in units of ours.
  var memoryRatio: Double { theirMegabytes / ourMegabytes }
}

/// The middle value, or the mean of the two in the middle; not-a-number if there is none.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  if sorted.isEmpty { return .nan }
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The exponential of the mean logarithm; not-a-number if there is no value.
func geometricMean(_ values: [Double]) -> Double {
  values.isEmpty ? .nan : exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
}

/// All that was compared.
struct Comparison: Sendable {
  let rows: [PairedReadings]

  /// For a terminal.
  var table: TextTable {
    var table = TextTable(
      "workload", "mode", "ours ms", "theirs ms", "ratio", "least", "most", "ours MB", "theirs MB", "memory ratio",
      "busy")
    for row in rows {
      table.add(
        row.workload, row.mode.rawValue, fixed(row.ourMilliseconds, 3), fixed(row.theirMilliseconds, 3),
        fixed(row.ratio, 2), fixed(row.spread.least, 2), fixed(row.spread.most, 2), fixed(row.ourMegabytes, 0),
        fixed(row.theirMegabytes, 0), fixed(row.memoryRatio, 2),
        row.busyRounds == 0 ? "" : "\(row.busyRounds) of \(row.ratios.count)")
    }
    return table
  }

  /// The geometric means, in a sentence, and what is below 1.
  var summary: String {
    var parts: [String] = []
    for mode in WorkloadMode.allCases {
      let ratios = rows.filter { $0.mode == mode }.map(\.ratio)
      if !ratios.isEmpty { parts.append("\(fixed(geometricMean(ratios), 2)) in \(mode.rawValue)") }
    }
    let all = fixed(geometricMean(rows.map(\.ratio)), 2)
    let memory = fixed(geometricMean(rows.map(\.memoryRatio)), 2)
    let slower = rows.filter { $0.ratio < 1 }.map { "\($0.workload) \($0.mode.rawValue) (\(fixed($0.ratio, 2)))" }
    let verdict = slower.isEmpty ? "None is below 1." : "Below 1: " + slower.joined(separator: ", ") + "."
    return """
      Geometric mean of the ratios theirs/ours: \(all) (\(parts.joined(separator: ", "))); of peak memory: \(memory).
      \(verdict)
      """
  }

  /// One line a workload and mode.
  var csv: String {
    let head =
      "workload,mode,ours_ms,theirs_ms,ratio_median,ratio_min,ratio_max,ours_mb,theirs_mb,memory_ratio,rounds,busy_rounds,"
      + "ours_framework,theirs_framework"
    let lines = rows.map { row in
      let numbers = [
        row.ourMilliseconds, row.theirMilliseconds, row.ratio, row.spread.least, row.spread.most, row.ourMegabytes,
        row.theirMegabytes, row.memoryRatio,
      ]
      let names = [row.ours.first, row.theirs.first].map { $0.map { "\($0.framework) \($0.version)" } ?? "" }
      return
        ([row.workload, row.mode.rawValue] + numbers.map { fixed($0, 4) } + [
          String(row.ratios.count), String(row.busyRounds),
        ] + names)
        .joined(separator: ",")
    }
    return ([head] + lines).joined(separator: "\n") + "\n"
  }

  /// The ratios as bars, one for each mode of a workload.
  func chart(threads: Int) -> BarChart {
    let (theirs, ours) = (rows.first?.theirs.first, rows.first?.ours.first)
    let title =
      "\(theirs?.framework ?? "") \(theirs?.version ?? ""): time in units of \(ours?.framework ?? "")'s, \(threads) threads"
    var names: [String] = []
    for row in rows where !names.contains(row.workload) { names.append(row.workload) }
    var chart = BarChart(title: title, categories: names, y: Axis("theirs / ours"))
    chart.showsValues = true
    for mode in WorkloadMode.allCases {
      let values = names.map { name in rows.first { $0.workload == name && $0.mode == mode }?.ratio ?? .nan }
      if values.contains(where: \.isFinite) { chart.add(mode.rawValue, values: values) }
    }
    chart.add(.horizontal(at: 1))
    return chart
  }
}
