/// Times of repeated work, in seconds (the book's `Timer` of 3.1).
///
/// ```swift
/// var watch = Stopwatch()
/// for _ in 0..<3 {
///   watch.start()
///   _ = Tensor<Float>(randomNormal: [64, 64]).matmul(Tensor(ones: [64, 64]))
///   watch.stop()
/// }
/// print(watch.total, watch.mean ?? 0)
/// ```
public struct Stopwatch: Sendable {
  /// The rounds so far, in order.
  public private(set) var times: [Double] = []
  private var begin: ContinuousClock.Instant

  /// A watch whose first round begins now.
  public init() { begin = ContinuousClock.now }

  /// Begins a round.
  public mutating func start() { begin = ContinuousClock.now }

  /// Ends the round, the next one beginning at once, and returns how long it took.
  @discardableResult
  public mutating func stop() -> Double {
    let now = ContinuousClock.now
    let time = (now - begin).seconds
    times.append(time)
    begin = now
    return time
  }

  /// The sum of all rounds.
  public var total: Double { times.reduce(0, +) }
  /// The mean of all rounds; nil before the first has ended.
  public var mean: Double? { times.isEmpty ? nil : total / Double(times.count) }
  /// After each round, how much time the rounds up to it took.
  public var runningTotals: [Double] {
    var sum = 0.0
    return times.map { time in
      sum += time
      return sum
    }
  }

  /// Runs `body` as one round.
  public mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
    start()
    defer { stop() }
    return try body()
  }
}
