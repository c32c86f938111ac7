import D2LTensor
import Foundation

/// Half a cosine from the base rate down to a final one, and constant from there on (Loshchilov and Hutter, 2017), after a linear warm-up if one
/// is asked for (book 11.11).
///
/// The warm-up takes the first `warmupSteps` of the `steps`: step t has the share t / warmupSteps of the way from `warmupStart` to the
/// base rate.
public struct CosineSchedule: LearningRateSchedule {
  private let steps, warmupSteps: Int
  private let final, warmupStart: Double

  /// A cosine that reaches `final` after `steps` advances, warm-up included.
  public init(steps: Int, final: Double = 0, warmupSteps: Int = 0, warmupStart: Double = 0) {
    require(
      warmupSteps >= 0 && steps > warmupSteps, "CosineSchedule", "\(steps) steps with \(warmupSteps) of warm-up")
    self.steps = steps
    self.warmupSteps = warmupSteps
    self.final = final
    self.warmupStart = warmupStart
  }

  /// The rate at a step, from the rate that training began with.
  public func rate(at step: Int, base: Double) -> Double {
    if step < warmupSteps { return warmupStart + (base - warmupStart) * Double(step) / Double(warmupSteps) }
    if step >= steps { return final }
    let share = Double(step - warmupSteps) / Double(steps - warmupSteps)
    return final + (base - final) * (1 + Foundation.cos(Double.pi * share)) / 2
  }
}

/// Up from a low rate to the largest and down to a very low one in a single cycle (Smith and Topin, 2018; PyTorch's `OneCycleLR`). The group's
/// own rate is the largest. Momentum is left as it is.
public struct OneCycleSchedule: LearningRateSchedule {
  /// The form of the rise and of the fall.
  public enum Curve: Sendable {
    /// Half a cosine.
    case cosine
    /// A straight line.
    case linear
  }

  private let steps: Int
  private let rise, startDivisor, finalDivisor: Double
  private let curve: Curve
  private let hasThreePhases: Bool

  /// A cycle of `steps` rates, of which the share `rise` goes up. It starts at base / startDivisor and ends at that divided by
  /// `finalDivisor`. With `threePhases` the fall is as long as the rise and ends where that began; the rest of the steps goes down from there.
  public init(
    steps: Int, rise: Double = 0.3, startDivisor: Double = 25, finalDivisor: Double = 1e4, curve: Curve = .cosine,
    threePhases: Bool = false
  ) {
    require(
      steps > 0 && rise >= 0 && rise <= (threePhases ? 0.5 : 1), "OneCycleSchedule",
      "\(steps) steps with a rise of \(rise)")
    require(
      startDivisor > 0 && finalDivisor > 0, "OneCycleSchedule", "divisors of \(startDivisor) and \(finalDivisor)")
    self.steps = steps
    self.rise = rise
    self.startDivisor = startDivisor
    self.finalDivisor = finalDivisor
    self.curve = curve
    hasThreePhases = threePhases
  }

  /// The rate at a step, from the rate that training began with.
  public func rate(at step: Int, base: Double) -> Double {
    let start = base / startDivisor
    let end = start / finalDivisor
    let last = Double(steps - 1)
    let top = rise * Double(steps) - 1
    let step = min(Double(step), last)
    if step <= top { return between(start, base, top == 0 ? 1 : step / top) }
    guard hasThreePhases else { return between(base, end, last == top ? 1 : (step - top) / (last - top)) }
    let back = 2 * rise * Double(steps) - 2
    if step <= back { return between(base, start, back == top ? 1 : (step - top) / (back - top)) }
    return between(start, end, last == back ? 1 : (step - back) / (last - back))
  }

  private func between(_ first: Double, _ second: Double, _ share: Double) -> Double {
    switch curve {
    case .cosine: second + (first - second) / 2 * (1 + Foundation.cos(Double.pi * share))
    case .linear: first + (second - first) * share
    }
  }
}
