import D2LFiles
import D2LTensor

/// Which number of an epoch says how good it was.
public struct EpochCriterion: Sendable, Hashable {
  /// On what the number was taken.
  public enum Part: Sendable, Hashable {
    /// The training examples as they were met.
    case training
    /// The validation examples after the epoch.
    case validation
  }

  /// The name of the average: "loss", "accuracy".
  public let name: String
  /// On what it is taken.
  public let part: Part
  /// Whether more is better.
  public let higherIsBetter: Bool

  /// The average called `name`; for accuracies more is better, for losses less.
  public init(_ name: String = "loss", on part: Part = .validation, higherIsBetter: Bool = false) {
    self.name = name
    self.part = part
    self.higherIsBetter = higherIsBetter
  }

  /// The number of an epoch; nil if it has none of that name.
  public func value(of report: EpochReport) -> Double? {
    switch part {
    case .training: report.training[name]
    case .validation: report.validation?[name]
    }
  }

  /// The position of the best epoch, where a later one must be better by more than `minimumChange`; nil if none has the number.
  public func best(of history: [EpochReport], minimumChange: Double = 0) -> Int? {
    var best: (index: Int, value: Double)?
    for (index, report) in history.enumerated() {
      guard let value = value(of: report), !value.isNaN else { continue }
      let gain = best.map { higherIsBetter ? value - $0.value : $0.value - value }
      if gain == nil || (gain ?? 0) > minimumChange { best = (index, value) }
    }
    return best?.index
  }
}

/// Ends training when an epoch's number has stopped getting better. It is a function of the epochs so far, so that a run that goes on from a
/// checkpoint ends where it would have ended.
public struct EarlyStopping: Sendable, Hashable {
  /// What is watched.
  public let criterion: EpochCriterion
  /// How many epochs without a better one are put up with.
  public let patience: Int
  /// What counts as better must be so by more than this.
  public let minimumChange: Double

  /// Stops when `patience` epochs have not been better than the best before them.
  public init(_ criterion: EpochCriterion = EpochCriterion(), patience: Int, minimumChange: Double = 0) {
    self.criterion = criterion
    self.patience = max(1, patience)
    self.minimumChange = minimumChange
  }

  /// Whether training is to end.
  public func isOver(_ history: [EpochReport]) -> Bool {
    guard let best = criterion.best(of: history, minimumChange: minimumChange) else { return false }
    return history.count - 1 - best >= patience
  }
}

extension Trainer {
  /// Saves a checkpoint to `path` after every epoch that is the best so far.
  public func keepBest(
    by criterion: EpochCriterion = EpochCriterion(), settings: [String: String] = [:], at path: String
  ) {
    listeners.append { [weak self] event in
      guard case .epochFinished = event, let self, criterion.best(of: progress.history) == progress.history.count - 1
      else { return }
      try Checkpoint.save(model, optimizer, progress, settings: settings, to: path)
    }
  }

  /// Saves a checkpoint to `path` after every epoch, when training is interrupted, and every `batches` batches if that is given.
  public func keepLast(everyBatches batches: Int? = nil, settings: [String: String] = [:], at path: String) {
    if let batches { require(batches > 0, "keepLast", "every \(batches) batches") }
    listeners.append { [weak self] event in
      guard let self else { return }
      switch event {
      case .epochFinished, .interrupted: break
      case .stepFinished(let progress):
        guard let batches, progress.completedBatches.isMultiple(of: batches) else { return }
      default: return
      }
      try Checkpoint.save(model, optimizer, progress, settings: settings, to: path)
    }
  }
}
