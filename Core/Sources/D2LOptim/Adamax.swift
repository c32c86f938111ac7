import CD2LKernels
import D2LLayers
import D2LTensor

/// Adamax (Kingma and Ba, 2015, section 7; PyTorch's formulas): Adam with the decayed maximum of |g| in place of the root of the mean of
/// squares.
public final class Adamax: Optimizer {
  private let betas: (Double, Double)
  private let epsilon: Double

  /// Adamax on the given parameters.
  public convenience init(
    _ parameters: [Parameter], learningRate: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.init(
      groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], betas: betas,
      epsilon: epsilon)
  }

  /// Adamax on groups with options of their own.
  public init(groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8) {
    requireBetas(betas, epsilon, "Adamax")
    self.betas = betas
    self.epsilon = epsilon
    super.init(groups: groups)
  }

  public override var updatesRows: Bool { true }

  public override var slotNames: [String] { ["mean", "maximum"] }

  public override func apply(_ update: Update) {
    d2l_adamax(
      D2L_FLOAT, update.value, update.gradient, update.first, update.second, Int64(update.count), update.learningRate,
      betas.0, betas.1, epsilon, update.weightDecay, Int64(update.step))
  }
}
