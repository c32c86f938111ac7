import D2LCore
import Foundation

/// One measured (workload, mode), with the keys of the contract.
public struct WorkloadMeasurement: Sendable, Codable {
  /// What was run.
  public let workload, mode: String
  /// How it was run.
  public let batch, threads: Int
  /// Milliseconds per step.
  public let msMedian, msMin: Double
  /// Items per second, by the median.
  public let perSecond: Double
  /// What an item is.
  public let unit: String
  /// Peak resident memory in MB of 2^20 bytes.
  public let peakMegabytes: Double
  /// By whom.
  public let framework, version: String

  enum CodingKeys: String, CodingKey {
    case workload, mode, batch, threads, unit, framework, version
    case msMedian = "ms_median"
    case msMin = "ms_min"
    case perSecond = "per_second"
    case peakMegabytes = "peak_rss_mb"
  }

  /// The share of a core beyond which other processes make a reading busy.
  public static let busyShare = 0.25
}

/// A reading could not be used.
public struct MeasurementError: Error, CustomStringConvertible {
  /// Why.
  public let description: String
}

extension Workload {
  /// Times the workload in this process, by the contract: at least 3 warm-up steps and 0.2 s, then at least 10 steps and 2 s, but no step
  /// begins after 8 s. Also returns what share of a core other processes took meanwhile.
  public func measure(_ mode: WorkloadMode, version: String) throws -> (WorkloadMeasurement, othersShare: Double) {
    let job = job(mode)
    let clock = ContinuousClock()
    let first = job.step()
    var last = first
    var start = clock.now
    var warm = 1
    while warm < 3 || (clock.now - start).seconds < 0.2 {
      last = job.step()
      warm += 1
    }
    let others = MachineClock.now()
    var times: [Double] = []
    start = clock.now
    var now = start
    while (now - start).seconds < 8 && (times.count < 10 || (now - start).seconds < 2) {
      let before = clock.now
      last = job.step()
      now = clock.now
      times.append((now - before).seconds)
    }
    let elapsed = (now - start).seconds
    let share = MachineClock.now().flatMap { end in others.map { (end - $0) / elapsed } } ?? 0
    guard first.isFinite && last.isFinite else {
      throw MeasurementError(description: "\(name) (\(mode.rawValue)): not finite")
    }
    times.sort()
    let median =
      times.count % 2 == 1 ? times[times.count / 2] : (times[times.count / 2 - 1] + times[times.count / 2]) / 2
    let work = items * (unit == "GFLOP/s" && mode == .train ? 3 : 1)
    let measurement = WorkloadMeasurement(
      workload: name, mode: mode.rawValue, batch: batch, threads: Engine.threads, msMedian: median * 1e3,
      msMin: times[0] * 1e3, perSecond: work / median, unit: unit, peakMegabytes: MachineClock.peakMegabytes(),
      framework: "d2l-swift", version: version)
    return (measurement, share)
  }
}

/// What the system knows of time and memory (Linux; elsewhere nothing is known of other processes).
enum MachineClock {
  /// CPU seconds that everything but this process has used or been denied.
  static func now() -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return nil }
    let numbers = line.split(separator: " ").dropFirst().compactMap { Double($0) }
    guard numbers.count >= 8 else { return nil }
    let total =
      (numbers[0] + numbers[1] + numbers[2] + numbers[5] + numbers[6] + numbers[7])
      / Double(sysconf(Int32(_SC_CLK_TCK)))
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return total - seconds(usage.ru_utime) - seconds(usage.ru_stime)
  }

  /// The most memory this process has had resident, in MB of 2^20 bytes.
  static func peakMegabytes() -> Double {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Double($0) })
    else { return 0 }
    return kilobytes / 1024
  }
}
