import CD2LKernels
import D2LLayers
import D2LTensor

/// Adadelta (Zeiler, 2012; book 11.9; PyTorch's formulas): no rate to choose, as steps are scaled by the root of a running mean of
/// squared steps, d = √(u + ε) / √(s + ε) · g.
public final class Adadelta: Optimizer {
  private let decay, epsilon: Double

  /// Adadelta on the given parameters; `decay` is ρ. The learning rate scales the step and is 1 in the paper.
  public convenience init(
    _ parameters: [Parameter], learningRate: Double = 1, decay: Double = 0.9, epsilon: Double = 1e-6,
    weightDecay: Double = 0
  ) {
    self.init(
      groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], decay: decay,
      epsilon: epsilon)
  }

  /// Adadelta on groups with options of their own.
  public init(groups: [ParameterGroup], decay: Double = 0.9, epsilon: Double = 1e-6) {
    require(0 <= decay && decay <= 1 && epsilon >= 0, "Adadelta", "a decay of \(decay), an epsilon of \(epsilon)")
    self.decay = decay
    self.epsilon = epsilon
    super.init(groups: groups)
  }

  public override var updatesRows: Bool { true }

  public override var slotNames: [String] { ["square", "step_square"] }

  public override func apply(_ update: Update) {
    d2l_adadelta(
      D2L_FLOAT, update.value, update.gradient, update.first, update.second, Int64(update.count), update.learningRate,
      decay, epsilon, update.weightDecay)
  }
}
