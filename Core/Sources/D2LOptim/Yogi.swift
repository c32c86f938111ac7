import CD2LKernels
import D2LLayers
import D2LTensor

/// Yogi (Zaheer et al., 2018; book 11.10): Adam whose mean of squares moves by (1 - β₂) sign(g² - s) g², so that it cannot grow at once by
/// much. Both means are corrected for their start at zero, as in the book.
public final class Yogi: Optimizer {
  private let betas: (Double, Double)
  private let epsilon: Double

  /// Yogi on the given parameters.
  public convenience init(
    _ parameters: [Parameter], learningRate: Double = 1e-2, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-3, weightDecay: Double = 0
  ) {
    self.init(
      groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], betas: betas,
      epsilon: epsilon)
  }

  /// Yogi on groups with options of their own.
  public init(groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-3) {
    requireBetas(betas, epsilon, "Yogi")
    self.betas = betas
    self.epsilon = epsilon
    super.init(groups: groups)
  }

  public override var updatesRows: Bool { true }

  public override var slotNames: [String] { ["mean", "square"] }

  public override func apply(_ update: Update) {
    d2l_yogi(
      D2L_FLOAT, update.value, update.gradient, update.first, update.second, Int64(update.count), update.learningRate,
      betas.0, betas.1, epsilon, update.weightDecay, Int64(update.step))
  }
}
