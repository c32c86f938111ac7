import D2LTensor

/// Lowers the rates when a metric has stopped getting better (PyTorch's `ReduceLROnPlateau`).
public final class ReduceOnPlateau: LearningRateScheduler {
  /// Which way a metric gets better.
  public enum Direction: String, Sendable, Hashable, Codable {
    /// Less is better: losses, errors.
    case down
    /// More is better: accuracies.
    case up
  }

  /// How much better is better.
  public enum Threshold: Sendable, Hashable {
    /// By this share of the best.
    case relative(Double)
    /// By this much.
    case absolute(Double)
  }

  /// Whether a step is a batch or an epoch.
  public let unit: ScheduleUnit
  private let optimizer: Optimizer
  private let direction: Direction
  private let factor, minimum, epsilon: Double
  private let patience, cooldown: Int
  private let threshold: Threshold
  private var current: SchedulerState

  /// After more than `patience` advances without a better metric, rates are multiplied by `factor` but kept at `minimum` or above; then `cooldown`
  /// advances pass before any is counted again. Changes of `epsilon` or less are left out.
  public init(
    of optimizer: Optimizer, per unit: ScheduleUnit = .epoch, direction: Direction = .down, factor: Double = 0.1,
    patience: Int = 10, threshold: Threshold = .relative(1e-4), cooldown: Int = 0, minimum: Double = 0,
    epsilon: Double = 1e-8
  ) {
    require(0 < factor && factor < 1, "ReduceOnPlateau", "a factor of \(factor)")
    require(patience >= 0 && cooldown >= 0, "ReduceOnPlateau", "a patience of \(patience), a cooldown of \(cooldown)")
    self.optimizer = optimizer
    self.unit = unit
    self.direction = direction
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.cooldown = cooldown
    self.minimum = minimum
    self.epsilon = epsilon
    let rates = optimizer.groups.map(\.learningRate)
    current = SchedulerState(steps: 0, baseRates: rates, rates: rates)
  }

  /// What is needed to go on from here.
  public var state: SchedulerState {
    get {
      var state = current
      state.rates = optimizer.groups.map(\.learningRate)
      return state
    }
    set {
      require(
        newValue.rates.count == optimizer.groups.count, "ReduceOnPlateau",
        "a state of \(newValue.rates.count) groups for \(optimizer.groups.count)")
      current = newValue
      for (index, rate) in newValue.rates.enumerated() { optimizer.setLearningRate(rate, group: index) }
    }
  }

  /// Goes one step on; `metric` is what is watched, if it is known.
  public func advance(metric: Double?) {
    guard let metric else { fail("ReduceOnPlateau", "a metric is needed to see whether it still gets better") }
    current.steps += 1
    if isBetter(metric) {
      current.best = metric
      current.badSteps = 0
    } else {
      current.badSteps += 1
    }
    if current.cooldown > 0 {
      current.cooldown -= 1
      current.badSteps = 0
    }
    guard current.badSteps > patience else { return }
    reduce()
    current.cooldown = cooldown
    current.badSteps = 0
  }

  private func isBetter(_ metric: Double) -> Bool {
    guard let best = current.best else { return !metric.isNaN }
    switch (direction, threshold) {
    case (.down, .relative(let share)): return metric < best * (1 - share)
    case (.down, .absolute(let amount)): return metric < best - amount
    case (.up, .relative(let share)): return metric > best * (1 + share)
    case (.up, .absolute(let amount)): return metric > best + amount
    }
  }

  private func reduce() {
    for (index, group) in optimizer.groups.enumerated() {
      let rate = max(group.learningRate * factor, minimum)
      if group.learningRate - rate > epsilon { optimizer.setLearningRate(rate, group: index) }
    }
  }
}
