import D2LPlots
import D2LTensor
import Foundation

extension Profiler {
  /// Milliseconds by operation and phase, the longest first; then what no operation accounts for, and all together.
  public var table: TextTable {
    var rows: [(name: String, calls: Int, seconds: [ProfilePhase: Double])] = []
    for entry in entries {
      if let index = rows.firstIndex(where: { $0.name == entry.name }) {
        rows[index].seconds[entry.phase, default: 0] += entry.seconds
        if entry.phase == .forward { rows[index].calls = entry.calls }
      } else {
        rows.append((entry.name, entry.calls, [entry.phase: entry.seconds]))
      }
    }
    rows.sort { $0.seconds.values.reduce(0, +) > $1.seconds.values.reduce(0, +) }
    var table = TextTable("operation", "calls", "forward", "backward", "optimizer", "data", "all ms", "share")
    func add(_ name: String, calls: Int?, _ seconds: [ProfilePhase: Double], all: Double) {
      let phases = ProfilePhase.allCases.map { phase in seconds[phase].map { milliseconds($0) } ?? "" }
      table.add([name, calls.map(String.init) ?? ""] + phases + [milliseconds(all), percent(all)])
    }
    for row in rows { add(row.name, calls: row.calls, row.seconds, all: row.seconds.values.reduce(0, +)) }
    var sums: [ProfilePhase: Double] = [:]
    for row in rows { sums.merge(row.seconds, uniquingKeysWith: +) }
    add("between operations", calls: nil, [:], all: seconds - sums.values.reduce(0, +))
    add("all", calls: nil, sums, all: seconds)
    return table
  }

  private func milliseconds(_ seconds: Double) -> String { String(format: "%.2f", seconds * 1e3) }
  private func percent(_ part: Double) -> String {
    seconds > 0 ? String(format: "%.1f%%", 100 * part / seconds) : ""
  }

  /// The spans in the Trace Event Format that chrome://tracing and Perfetto read: JSON, times in microseconds.
  public var chromeTrace: String {
    let spans = events.map { event in
      """
      {"name":"\(event.name)","cat":"\(event.phase)","ph":"X","pid":1,"tid":1,"ts":\(String(format: "%.3f", event.start * 1e6)),\
      "dur":\(String(format: "%.3f", event.seconds * 1e6))}
      """
    }
    return """
      {"displayTimeUnit":"ms","otherData":{"dropped_spans":\(droppedEvents)},"traceEvents":[
      \(spans.joined(separator: ",\n"))
      ]}

      """
  }
}
