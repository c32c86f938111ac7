import CD2LKernels
import D2LLayers
import D2LTensor

/// RMSProp (Tieleman and Hinton, 2012; book 11.8; PyTorch's formulas): steps are divided by the root of a running mean of squared gradients,
/// s = ρ s + (1 - ρ) g². `centered` takes the squared running mean of g off s; `momentum` gathers the divided gradients in a velocity.
public final class RMSProp: Optimizer {
  private let decay, epsilon, momentum: Double
  private let centered: Bool

  /// RMSProp on the given parameters; `decay` is ρ (γ in the book, alpha in PyTorch).
  public convenience init(
    _ parameters: [Parameter], learningRate: Double = 1e-2, decay: Double = 0.99, epsilon: Double = 1e-8,
    weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false
  ) {
    self.init(
      groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], decay: decay,
      epsilon: epsilon, momentum: momentum, centered: centered)
  }

  /// RMSProp on groups with options of their own.
  public init(
    groups: [ParameterGroup], decay: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, centered: Bool = false
  ) {
    require(
      decay >= 0 && epsilon >= 0 && momentum >= 0, "RMSProp",
      "a decay of \(decay), an epsilon of \(epsilon), a momentum of \(momentum)")
    self.decay = decay
    self.epsilon = epsilon
    self.momentum = momentum
    self.centered = centered
    super.init(groups: groups)
  }

  public override var updatesRows: Bool { true }

  public override var slotNames: [String] {
    ["square"] + (centered ? ["mean"] : []) + (momentum > 0 ? ["momentum"] : [])
  }

  public override func apply(_ update: Update) {
    d2l_rmsprop(
      D2L_FLOAT, update.value, update.gradient, update.first, centered ? update.second : nil,
      momentum > 0 ? (centered ? update.third : update.second) : nil, Int64(update.count), update.learningRate, decay,
      epsilon, update.weightDecay, momentum)
  }
}
