import CD2LKernels
import D2LLayers
import D2LTensor
import Foundation

/// Averaged stochastic gradient descent (Polyak and Juditsky, 1992; PyTorch's formulas): descent with the rate η / (1 + λ η (t - 1))^α,
/// and beside it the average of the values it passed through after step `averagingStart`, which ``average(of:)`` gives.
public final class ASGD: Optimizer {
  private let decayTerm, power, averagingStart: Double

  /// Averaged descent on the given parameters; `decayTerm` is λ, `power` α. Until `averagingStart` the average is the value itself.
  public convenience init(
    _ parameters: [Parameter], learningRate: Double = 1e-2, decayTerm: Double = 1e-4, power: Double = 0.75,
    averagingStart: Int = 1_000_000, weightDecay: Double = 0
  ) {
    self.init(
      groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], decayTerm: decayTerm,
      power: power, averagingStart: averagingStart)
  }

  /// Averaged descent on groups with options of their own.
  public init(
    groups: [ParameterGroup], decayTerm: Double = 1e-4, power: Double = 0.75, averagingStart: Int = 1_000_000
  ) {
    require(decayTerm >= 0 && averagingStart >= 0, "ASGD", "a decay of \(decayTerm), averages from \(averagingStart)")
    self.decayTerm = decayTerm
    self.power = power
    self.averagingStart = Double(averagingStart)
    super.init(groups: groups)
  }

  public override var slotNames: [String] { ["average"] }

  public override func apply(_ update: Update) {
    let past = Double(update.step - 1)
    let rate = update.learningRate / Foundation.pow(1 + decayTerm * update.learningRate * past, power)
    let weight = 1 / max(1, past - averagingStart)
    d2l_asgd(
      D2L_FLOAT, update.value, update.gradient, update.first, Int64(update.count), rate, decayTerm, weight,
      update.weightDecay)
  }

  /// The average of a parameter's values; the value itself before its first update.
  public func average(of parameter: Parameter) -> Tensor<Float> {
    slot("average", of: parameter) ?? parameter.value.detached()
  }
}
