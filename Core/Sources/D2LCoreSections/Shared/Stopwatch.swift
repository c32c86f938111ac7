import D2LCore

/// The times of a task that is done again and again (book 3.1, `Timer`).
package struct Stopwatch {
  /// Each time in seconds.
  package private(set) var times: [Double] = []
  private let clock = ContinuousClock()

  /// Nothing timed yet.
  package init() {}

  /// Runs `body` and keeps how long it took.
  package mutating func time<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = clock.now
    let result = try body()
    times.append((clock.now - start).seconds)
    return result
  }

  /// The last time.
  package var last: Double { times.last ?? 0 }
  /// The sum of the times.
  package var sum: Double { times.reduce(0, +) }
  /// The average time; not a number before the first.
  package var average: Double { sum / Double(times.count) }
  /// The sums up to each time.
  package var cumulative: [Double] {
    times.reduce(into: []) { sums, time in sums.append((sums.last ?? 0) + time) }
  }
}
