import CD2LKernels
import D2LLayers
import D2LTensor

/// AdaGrad (Duchi, Hazan and Singer, 2011; book 11.7; PyTorch's formulas): every coordinate's step is divided by the root of the sum of its
/// squared gradients, rate / (1 + (t - 1) rateDecay) · g / (√s + ε).
public final class AdaGrad: Optimizer {
  private let rateDecay, epsilon: Double
  private let initialAccumulator: Float

  /// AdaGrad on the given parameters; the sums of squares begin at `initialAccumulator`.
  public convenience init(
    _ parameters: [Parameter], learningRate: Double = 1e-2, rateDecay: Double = 0, weightDecay: Double = 0,
    initialAccumulator: Float = 0, epsilon: Double = 1e-10
  ) {
    self.init(
      groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], rateDecay: rateDecay,
      initialAccumulator: initialAccumulator, epsilon: epsilon)
  }

  /// AdaGrad on groups with options of their own.
  public init(
    groups: [ParameterGroup], rateDecay: Double = 0, initialAccumulator: Float = 0, epsilon: Double = 1e-10
  ) {
    require(
      rateDecay >= 0 && initialAccumulator >= 0 && epsilon >= 0, "AdaGrad",
      "a decay of \(rateDecay), sums from \(initialAccumulator), an epsilon of \(epsilon)")
    self.rateDecay = rateDecay
    self.initialAccumulator = initialAccumulator
    self.epsilon = epsilon
    super.init(groups: groups)
  }

  public override var updatesRows: Bool { true }

  public override var slotNames: [String] { ["sum"] }

  public override func initialValue(ofSlot name: String) -> Float { initialAccumulator }

  public override func apply(_ update: Update) {
    d2l_adagrad(
      D2L_FLOAT, update.value, update.gradient, update.first, Int64(update.count), update.learningRate, rateDecay,
      epsilon, update.weightDecay, Int64(update.step))
  }
}
