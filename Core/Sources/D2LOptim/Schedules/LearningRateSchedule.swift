import D2LTensor

/// A learning rate as a function of how often it was advanced (book 11.11).
public protocol LearningRateSchedule: Sendable {
  /// The rate after `step` advances, 0 for the first rate, of a group whose rate was `base` when the schedule took over.
  func rate(at step: Int, base: Double) -> Double
}

/// What a schedule counts.
public enum ScheduleUnit: String, Sendable, Hashable, Codable {
  /// Updates of the optimizer: batches, or groups of batches where gradients are accumulated.
  case batch
  /// Passes over the training data.
  case epoch
}

/// Where a schedule stands: what has to be saved with a training run.
public struct SchedulerState: Sendable, Hashable, Codable {
  /// How often it was advanced.
  public var steps: Int
  /// The rates that the groups began with.
  public var baseRates: [Double]
  /// The rates of the groups as they stand.
  public var rates: [Double]
  /// For ``ReduceOnPlateau``: the best metric so far.
  public var best: Double?
  /// For ``ReduceOnPlateau``: advances since then.
  public var badSteps = 0
  /// For ``ReduceOnPlateau``: advances for which nothing is counted yet.
  public var cooldown = 0
}

/// What sets an optimizer's learning rates as training goes on.
public protocol LearningRateScheduler: AnyObject {
  /// When ``advance(metric:)`` is to be called.
  var unit: ScheduleUnit { get }
  /// Sets the rates for the next batch or epoch. `metric` is what the last one came to, where that is known.
  func advance(metric: Double?)
  /// Where the schedule stands; setting it puts the rates back as well.
  var state: SchedulerState { get set }
}

/// A schedule at work on an optimizer: every group follows it from its own rate.
///
/// ```swift
/// let optimizer = SGD(net.parameters, learningRate: 0.3)
/// let scheduler = ScheduledRate(CosineSchedule(steps: 20, final: 0.01, warmupSteps: 5), of: optimizer, per: .epoch)
/// ```
public final class ScheduledRate: LearningRateScheduler {
  /// The function that is followed.
  public let schedule: any LearningRateSchedule
  /// Whether a step is a batch or an epoch.
  public let unit: ScheduleUnit
  private let optimizer: Optimizer
  private var baseRates: [Double]
  private var steps = 0

  /// Takes over the optimizer's rates, and sets the first ones.
  public init(_ schedule: any LearningRateSchedule, of optimizer: Optimizer, per unit: ScheduleUnit) {
    self.schedule = schedule
    self.optimizer = optimizer
    self.unit = unit
    baseRates = optimizer.groups.map(\.learningRate)
    setRates()
  }

  /// Goes one step on; `metric` is what is watched, if it is known.
  public func advance(metric: Double? = nil) {
    steps += 1
    setRates()
  }

  /// What is needed to go on from here.
  public var state: SchedulerState {
    get { SchedulerState(steps: steps, baseRates: baseRates, rates: optimizer.groups.map(\.learningRate)) }
    set {
      require(
        newValue.baseRates.count == baseRates.count, "ScheduledRate",
        "a state of \(newValue.baseRates.count) groups for \(baseRates.count)")
      steps = newValue.steps
      baseRates = newValue.baseRates
      setRates()
    }
  }

  private func setRates() {
    for (index, base) in baseRates.enumerated() {
      optimizer.setLearningRate(schedule.rate(at: steps, base: base), group: index)
    }
  }
}
