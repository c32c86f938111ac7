import CD2LKernels
import D2LLayers
import D2LTensor

/// Adam (Kingma and Ba, 2015; book 11.10; PyTorch's formulas).
///
/// Running means m of the gradient and s of its square, both corrected for their start at zero, give the step
/// rate m̂ / (√ŝ + ε). Weight decay λ is added to the gradient as λ w; ``AdamW`` keeps the two apart. With `amsgrad` (Reddi, Kale and
/// Kumar, 2018) the largest s so far takes the place of s.
public final class Adam: Optimizer {
  private let options: AdamOptions

  /// Adam on the given parameters. `betas` are how much of m and of s an update keeps.
  public convenience init(
    _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false
  ) {
    self.init(
      groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], betas: betas,
      epsilon: epsilon, amsgrad: amsgrad)
  }

  /// Adam on groups with options of their own.
  public init(
    groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8, amsgrad: Bool = false
  ) {
    options = AdamOptions("Adam", betas: betas, epsilon: epsilon, amsgrad: amsgrad)
    super.init(groups: groups)
  }

  public override var updatesRows: Bool { true }

  public override var slotNames: [String] { options.slotNames }

  public override func apply(_ update: Update) { options.apply(update, decoupled: false) }
}

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019; PyTorch's formulas): values shrink by 1 - rate λ before the step, and
/// the decay does not pass through the running means.
public final class AdamW: Optimizer {
  private let options: AdamOptions

  /// AdamW on the given parameters.
  public convenience init(
    _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 1e-2, amsgrad: Bool = false
  ) {
    self.init(
      groups: [ParameterGroup(parameters, learningRate: learningRate, weightDecay: weightDecay)], betas: betas,
      epsilon: epsilon, amsgrad: amsgrad)
  }

  /// AdamW on groups with options of their own.
  public init(
    groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8, amsgrad: Bool = false
  ) {
    options = AdamOptions("AdamW", betas: betas, epsilon: epsilon, amsgrad: amsgrad)
    super.init(groups: groups)
  }

  public override var updatesRows: Bool { true }

  public override var slotNames: [String] { options.slotNames }

  public override func apply(_ update: Update) { options.apply(update, decoupled: true) }
}

/// What Adam and AdamW share.
private struct AdamOptions {
  let betas: (Double, Double)
  let epsilon: Double
  let amsgrad: Bool

  init(_ name: StaticString, betas: (Double, Double), epsilon: Double, amsgrad: Bool) {
    requireBetas(betas, epsilon, name)
    self.betas = betas
    self.epsilon = epsilon
    self.amsgrad = amsgrad
  }

  var slotNames: [String] { amsgrad ? ["mean", "square", "largest_square"] : ["mean", "square"] }

  func apply(_ update: Optimizer.Update, decoupled: Bool) {
    d2l_adam(
      D2L_FLOAT, update.value, update.gradient, update.first, update.second, update.third, Int64(update.count),
      update.learningRate, betas.0, betas.1, epsilon, update.weightDecay, decoupled, Int64(update.step))
  }
}

/// Stops if decay rates are not in 0 ..< 1 or epsilon is negative.
func requireBetas(_ betas: (Double, Double), _ epsilon: Double, _ name: StaticString) {
  require(0 <= betas.0 && betas.0 < 1 && 0 <= betas.1 && betas.1 < 1, name, "betas of \(betas.0) and \(betas.1)")
  require(epsilon >= 0, name, "an epsilon of \(epsilon)")
}
