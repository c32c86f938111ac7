import D2LCore
import Foundation

/// How far work on a known number of things is, on standard error: a bar with rate and time left on a terminal, a line now and then elsewhere.
public final class ProgressLine {
  private let noun: String
  private let total: Int
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastDrawn: ContinuousClock.Instant
  private var done = 0

  /// The beginning of work on `total` things called `noun`: "pictures".
  public init(_ noun: String, total: Int) {
    self.noun = noun
    self.total = total
    start = clock.now
    lastDrawn = start
  }

  /// Notes that so many more are done.
  public func advance(by count: Int) {
    done += count
    let now = clock.now
    let isDue = (now - lastDrawn).seconds >= (isTerminal ? 0.1 : 5)
    guard isDue || (isTerminal && done == total) else { return }
    lastDrawn = now
    let seconds = (now - start).seconds
    let rate = seconds > 0 ? Double(done) / seconds : 0
    let left = rate > 0 ? ", \(duration(Double(total - done) / rate)) left" : ""
    let text = "\(grouped(done)) of \(grouped(total)) \(noun), \(fixed(rate, 1)) a second\(left)"
    write(isTerminal ? "\r\u{1B}[2K\(bar)  \(text)" : text + "\n")
  }

  /// Takes the bar away.
  public func finish() {
    if isTerminal { write("\r\u{1B}[2K") }
  }

  private var bar: String {
    let width = 28
    let filled = total > 0 ? done * width / total : width
    return String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Says on standard error what was passed over: "warning: …".
public func warn(_ text: String) { FileHandle.standardError.write(Data("warning: \(text)\n".utf8)) }
