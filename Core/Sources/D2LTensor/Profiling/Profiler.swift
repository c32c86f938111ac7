import CD2LKernels

/// What a measured span of time belongs to.
public enum ProfilePhase: Int32, Sendable, CaseIterable {
  /// An operation on arrays, in training or evaluation.
  case forward
  /// The backward pass of an operation.
  case backward
  /// The update of parameters and what prepares it.
  case optimizer
  /// Waiting for examples, or making them.
  case data
}

/// Measures where the time of one thread goes: every operation, its backward pass, the optimizer, the data.
///
/// ```swift
/// let profiler = Profiler()
/// profiler.run { train() }
/// for entry in profiler.entries { print(entry.name, entry.phase, entry.seconds) }
/// ```
///
/// Work that a thread hands to the pool counts for the operation that waits for it; threads that load data are not measured, the
/// wait for them is.
public final class Profiler {
  /// One measured span.
  public struct Event: Sendable, Hashable {
    /// The operation: "conv2d".
    public let name: String
    /// What it belongs to.
    public let phase: ProfilePhase
    /// Seconds from the profile's start to the span's.
    public let start: Double
    /// How long it took, in seconds.
    public let seconds: Double
  }

  /// All spans of one operation in one phase.
  public struct Entry: Sendable, Hashable {
    /// The operation: "conv2d".
    public let name: String
    /// What it belongs to.
    public let phase: ProfilePhase
    /// How often it ran.
    public let calls: Int
    /// How long all calls took together, in seconds.
    public let seconds: Double
  }

  /// The most spans that are kept one by one; totals count all.
  public let eventLimit: Int
  /// How many spans there were beyond ``eventLimit``.
  public private(set) var droppedEvents = 0
  /// How long the profile has run, in seconds.
  public private(set) var seconds = 0.0

  private let state: UnsafeMutablePointer<d2l_profile>
  private var totals: [Key: (calls: Int, nanoseconds: Int64)] = [:]
  private var kept: [d2l_profile_event] = []
  private var origin: Int64 = 0
  private var isRunning = false

  private struct Key: Hashable {
    let name: UnsafePointer<CChar>
    let phase: Int32
  }

  /// A profile that has not begun.
  public init(keepingEvents eventLimit: Int = 200_000) {
    require(eventLimit >= 0, "Profiler", "\(eventLimit) events to keep")
    self.eventLimit = eventLimit
    let capacity = 4096
    state = .allocate(capacity: 1)
    state.initialize(
      to: d2l_profile(
        events: .allocate(capacity: capacity), count: 0, capacity: Int64(capacity), muted: 0,
        drain: { profile in
          Unmanaged<Profiler>.fromOpaque(profile.pointee.owner.unsafelyUnwrapped).takeUnretainedValue().drain()
        }, owner: nil))
    state.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    if d2l_current_profile() == state { d2l_set_current_profile(nil) }
    state.pointee.events.deallocate()
    state.deallocate()
  }

  /// Begins to measure the calling thread; stops if a profile is running on it already.
  public func start() {
    require(d2l_current_profile() == nil, "Profiler", "a profile is running on this thread already")
    require(!isRunning && seconds == 0, "Profiler", "a profile is started once")
    isRunning = true
    origin = d2l_profile_clock()
    d2l_set_current_profile(state)
  }

  /// Ends the measurement; called on the thread that began it.
  public func stop() {
    require(isRunning && d2l_current_profile() == state, "Profiler", "is not running on this thread")
    d2l_set_current_profile(nil)
    isRunning = false
    seconds = Double(d2l_profile_clock() - origin) * 1e-9
    drain()
  }

  /// Measures what `body` does.
  public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    start()
    defer { stop() }
    return try body()
  }

  private func drain() {
    for event in UnsafeBufferPointer(start: state.pointee.events, count: Int(state.pointee.count)) {
      let total = totals[Key(name: event.name, phase: event.phase)] ?? (0, 0)
      totals[Key(name: event.name, phase: event.phase)] = (total.calls + 1, total.nanoseconds + event.duration)
      if kept.count < eventLimit { kept.append(event) } else { droppedEvents += 1 }
    }
    state.pointee.count = 0
  }

  /// The totals of each operation and phase, the longest first.
  public var entries: [Entry] {
    // One name may lie in memory more than once.
    var merged: [String: [ProfilePhase: (calls: Int, nanoseconds: Int64)]] = [:]
    for (key, total) in totals {
      let (name, phase) = (String(cString: key.name), ProfilePhase(rawValue: key.phase) ?? .forward)
      let sum = merged[name]?[phase] ?? (0, 0)
      merged[name, default: [:]][phase] = (sum.calls + total.calls, sum.nanoseconds + total.nanoseconds)
    }
    let entries = merged.flatMap { name, phases in
      phases.map { phase, total in
        Entry(name: name, phase: phase, calls: total.calls, seconds: Double(total.nanoseconds) * 1e-9)
      }
    }
    return entries.sorted {
      ($0.seconds, $1.name, $1.phase.rawValue) > ($1.seconds, $0.name, $0.phase.rawValue)
    }
  }

  /// The first ``eventLimit`` spans in the order in which they ended.
  public var events: [Event] {
    kept.map {
      Event(
        name: String(cString: $0.name), phase: ProfilePhase(rawValue: $0.phase) ?? .forward,
        start: Double($0.start - origin) * 1e-9, seconds: Double($0.duration) * 1e-9)
    }
  }
}

/// Runs `body`; a running profile counts its time as one span, whatever operations it is made of.
@inlinable
public func profiled<Result>(
  _ phase: ProfilePhase, _ name: StaticString, _ body: () throws -> Result
) rethrows -> Result {
  let start = openProfileSpan()
  if start < 0 { return try body() }
  defer { closeProfileSpan(name, phase, start) }
  return try body()
}

@usableFromInline
func openProfileSpan() -> Int64 { d2l_profile_open() }

@usableFromInline
func closeProfileSpan(_ name: StaticString, _ phase: ProfilePhase, _ start: Int64) {
  name.withUTF8Buffer { text in
    // A static string's text lives as long as the program.
    text.withMemoryRebound(to: CChar.self) {
      d2l_profile_close($0.baseAddress.unsafelyUnwrapped, phase.rawValue, start)
    }
  }
}
