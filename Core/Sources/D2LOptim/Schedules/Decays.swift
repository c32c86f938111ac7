import D2LTensor
import Foundation

/// base · factorᵗ, not below `minimum` (the book's factor scheduler).
public struct FactorSchedule: LearningRateSchedule {
  private let factor, minimum: Double

  /// A decay by `factor` at every advance, down to `minimum`.
  public init(factor: Double, minimum: Double = 0) {
    require(factor > 0, "FactorSchedule", "a factor of \(factor)")
    self.factor = factor
    self.minimum = minimum
  }

  /// The rate at a step, from the rate that training began with.
  public func rate(at step: Int, base: Double) -> Double {
    step == 0 ? base : max(minimum, base * Foundation.pow(factor, Double(step)))
  }
}

/// base · γᵗ (PyTorch's `ExponentialLR`).
public struct ExponentialSchedule: LearningRateSchedule {
  private let gamma: Double

  /// A decay by `gamma` at every advance.
  public init(gamma: Double) {
    require(gamma > 0, "ExponentialSchedule", "a gamma of \(gamma)")
    self.gamma = gamma
  }

  /// The rate at a step, from the rate that training began with.
  public func rate(at step: Int, base: Double) -> Double { base * Foundation.pow(gamma, Double(step)) }
}

/// base · (t + 1)^-½ (the book's square root scheduler).
public struct SquareRootSchedule: LearningRateSchedule {
  /// The schedule; it has no options.
  public init() {}

  /// The rate at a step, from the rate that training began with.
  public func rate(at step: Int, base: Double) -> Double { base / Double(step + 1).squareRoot() }
}

/// base times γ for every `size` advances (PyTorch's `StepLR`).
public struct StepSchedule: LearningRateSchedule {
  private let size: Int
  private let gamma: Double

  /// A decay by `gamma` at every `size`-th advance.
  public init(size: Int, gamma: Double = 0.1) {
    require(size > 0 && gamma > 0, "StepSchedule", "a gamma of \(gamma) every \(size) steps")
    self.size = size
    self.gamma = gamma
  }

  /// The rate at a step, from the rate that training began with.
  public func rate(at step: Int, base: Double) -> Double { base * Foundation.pow(gamma, Double(step / size)) }
}

/// base times γ for every milestone passed (PyTorch's `MultiStepLR`).
public struct MultiStepSchedule: LearningRateSchedule {
  private let milestones: [Int]
  private let gamma: Double

  /// A decay by `gamma` at each of the milestones; one that is there twice counts twice.
  public init(milestones: [Int], gamma: Double = 0.1) {
    require(gamma > 0, "MultiStepSchedule", "a gamma of \(gamma)")
    self.milestones = milestones
    self.gamma = gamma
  }

  /// The rate at a step, from the rate that training began with.
  public func rate(at step: Int, base: Double) -> Double {
    base * Foundation.pow(gamma, Double(milestones.count { $0 <= step }))
  }
}
