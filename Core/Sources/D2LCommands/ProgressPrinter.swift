import D2LCore
import Foundation

/// Shows training as it goes: a bar on a terminal, a line an epoch when piped.
final class ProgressPrinter {
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var epochs = 0
  private var batches = 0
  private let clock = ContinuousClock()
  private var lastDrawn: ContinuousClock.Instant?

  func handle(_ event: TrainingEvent) {
    switch event {
    case .started(let progress, let epochs, let batches):
      self.epochs = epochs
      self.batches = batches
      if progress.completedEpochs > 0 || progress.completedBatches > 0 {
        print("Going on after epoch \(progress.completedEpochs), batch \(progress.completedBatches).")
      }
    case .stepFinished(let progress): drawBar(progress)
    case .epochFinished(let report):
      clearLine()
      print(ProgressPrinter.line(report, of: epochs))
    case .interrupted, .finished: clearLine()
    }
  }

  /// "epoch  3/10  train loss 0.871, accuracy 0.662  test loss 0.846, accuracy 0.671  41,205 examples/s".
  static func line(_ report: EpochReport, of epochs: Int) -> String {
    func list(_ tally: Tally) -> String {
      let names = tally.names.sorted { ($0 == "loss" ? 0 : 1, $0) < ($1 == "loss" ? 0 : 1, $1) }
      return names.map { "\($0) \(fixed(tally[$0] ?? .nan, 3))" }.joined(separator: ", ")
    }
    let number = String(report.epoch)
    let padding = String(repeating: " ", count: max(0, String(epochs).count - number.count))
    var line = "epoch \(padding)\(number)/\(epochs)  train \(list(report.training))"
    if let validation = report.validation { line += "  test \(list(validation))" }
    return line + "  \(grouped(Int(report.examplesPerSecond.rounded()))) examples/s"
  }

  private func drawBar(_ progress: TrainingProgress) {
    guard isTerminal else { return }
    let now = clock.now
    if let lastDrawn, (now - lastDrawn).seconds < 0.1 { return }
    lastDrawn = now
    let width = 28
    let share = batches == 0 ? 1 : Double(progress.completedBatches) / Double(batches)
    let filled = Int(share * Double(width))
    let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
    let rate = progress.seconds > 0 ? Double(progress.tally.count) / progress.seconds : 0
    let perBatch = progress.completedBatches > 0 ? progress.seconds / Double(progress.completedBatches) : 0
    let batchesLeft = (epochs - progress.completedEpochs) * batches - progress.completedBatches
    let left = perBatch * Double(batchesLeft)
    let loss = progress.tally["loss"].map { "  loss \(fixed($0, 3))" } ?? ""
    clearLine()
    print(
      "epoch \(progress.completedEpochs + 1)/\(epochs) \(bar) \(grouped(Int(rate))) examples/s\(loss)  \(duration(left)) left",
      terminator: "")
    fflush(nil)
  }

  private func clearLine() {
    if isTerminal { print("\r\u{1B}[2K", terminator: "") }
    fflush(nil)
  }
}

/// Shows a download as it goes, on a terminal.
public struct DownloadPrinter: Sendable {
  private let isTerminal = isatty(STDOUT_FILENO) == 1

  /// A printer for one download after the other.
  public init() {}

  /// Shows how far it is; the function to give to `DataCache.fetch`.
  public func show(_ progress: Downloader.Progress) {
    guard isTerminal else { return }
    let total = progress.total.map { " of \(grouped($0 / 1_000_000)) MB" } ?? ""
    print(
      "\r\u{1B}[2K\(progress.url): \(grouped(progress.received / 1_000_000)) MB\(total), \(fixed(progress.rate / 1e6, 1)) MB/s",
      terminator: progress.received == progress.total ? "\n" : "")
    fflush(nil)
  }
}

/// A number with a fixed count of decimals.
public func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

/// A whole number with commas between thousands.
public func grouped(_ value: Int) -> String {
  var digits = String(value.magnitude)
  var groups: [String] = []
  while digits.count > 3 {
    groups.insert(String(digits.suffix(3)), at: 0)
    digits.removeLast(3)
  }
  groups.insert(digits, at: 0)
  return (value < 0 ? "-" : "") + groups.joined(separator: ",")
}

/// "1 h 02 min", "3 min 20 s", "12 s".
public func duration(_ seconds: Double) -> String {
  guard seconds.isFinite else { return "?" }
  let whole = Int(seconds.rounded())
  func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
  if whole >= 3600 { return "\(whole / 3600) h \(padded(whole % 3600 / 60)) min" }
  if whole >= 60 { return "\(whole / 60) min \(padded(whole % 60)) s" }
  return "\(whole) s"
}
