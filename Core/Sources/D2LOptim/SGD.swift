import CD2LKernels
import D2LLayers
import D2LTensor

/// Stochastic gradient descent with momentum, Nesterov's form and weight decay (book 11.4–11.6; PyTorch's formulas).
///
/// With weight decay λ the gradient g becomes g + λ w. With momentum μ the velocity v becomes μ v + (1 - dampening) g (at the first
/// step: g), and w moves by -rate v; in Nesterov's form by -rate (g + μ v).
public final class SGD: Optimizer {
  private let momentum, dampening: Double
  private let nesterov: Bool

  /// Descent on the given parameters.
  public convenience init(
    _ parameters: [Parameter], learningRate: Double, momentum: Double = 0, dampening: Double = 0,
    weightDecay: Double = 0, nesterov: Bool = false
  ) {
    self.init(
      groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], momentum: momentum,
      dampening: dampening, nesterov: nesterov)
  }

  /// Descent on groups with options of their own.
  public init(groups: [ParameterGroup], momentum: Double = 0, dampening: Double = 0, nesterov: Bool = false) {
    require(momentum >= 0, "SGD", "a momentum of \(momentum)")
    require(!nesterov || momentum > 0 && dampening == 0, "SGD", "Nesterov's form takes momentum and no dampening")
    self.momentum = momentum
    self.dampening = dampening
    self.nesterov = nesterov
    super.init(groups: groups)
  }

  public override var updatesRows: Bool { true }

  public override var slotNames: [String] { momentum > 0 ? ["momentum"] : [] }

  public override func apply(_ update: Update) {
    d2l_sgd(
      D2L_FLOAT, update.value, update.gradient, update.first, Int64(update.count), update.learningRate, momentum,
      dampening, update.weightDecay, nesterov, update.step == 1)
  }
}
