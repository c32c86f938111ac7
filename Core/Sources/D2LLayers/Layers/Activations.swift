import D2LTensor

/// max(x, 0).
public final class ReLU: FusableActivation {
  /// Has no parameters.
  public init() {}
  var fused: FusedActivation { .relu }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { relu(x) }
}

/// 1 / (1 + e^-x).
public final class Sigmoid: FusableActivation {
  /// Has no parameters.
  public init() {}
  var fused: FusedActivation { .sigmoid }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { sigmoid(x) }
}

/// The hyperbolic tangent.
public final class Tanh: FusableActivation {
  /// Has no parameters.
  public init() {}
  var fused: FusedActivation { .tanh }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { tanh(x) }
}

/// x where positive, `slope` x elsewhere.
public final class LeakyReLU: Layer {
  /// The slope of the negative side.
  public let slope: Float

  /// A layer with the given slope for negative numbers.
  public init(_ slope: Float = 0.01) { self.slope = slope }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { leakyReLU(x, slope: slope) }
}

/// x where positive, `weight` x elsewhere, with a learned slope: one for all, or one for each channel (He et al., 2015).
///
/// `[batch, channels, …]` to the same shape. Parameter: `weight` `[channels]` or `[1]`.
public final class PReLU: Layer {
  /// What is learned; its shape is given above.
  public let weight: Parameter

  /// A layer that learns `channels` slopes, all `initial` at first.
  public init(channels: Int = 1, initial: Float = 0.25) {
    require(channels > 0, "PReLU", "\(channels) channels")
    weight = Parameter([channels], .constant(initial))
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let channels = weight.shape[0]
    var slope = weight.value
    if channels > 1 {
      require(x.rank >= 2 && x.shape[1] == channels, "PReLU", "input \(x.shape) for \(channels) channels")
      slope = slope.reshaped(.column(channels, rank: x.rank - 1))
    }
    return select(x .> 0, x, slope * x)
  }
}

/// x where positive, `alpha` (e^x - 1) elsewhere (Clevert et al., 2015).
public final class ELU: Layer {
  /// What the negative side approaches, negated.
  public let alpha: Float

  /// A layer with the given limit of the negative side.
  public init(alpha: Float = 1) { self.alpha = alpha }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { elu(x, alpha: alpha) }
}

/// x Φ(x) with the normal distribution function Φ (Hendrycks & Gimpel, 2016).
public final class GELU: Layer {
  private let isApproximate: Bool

  /// The exact form, or that by tanh.
  public init(approximate: Bool = false) { isApproximate = approximate }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { gelu(x, approximate: isApproximate) }
}

/// x sigmoid(x), also called swish.
public final class SiLU: Layer {
  /// Has no parameters.
  public init() {}
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { silu(x) }
}

/// log(1 + e^(beta x)) / beta: a smooth ReLU.
public final class Softplus: Layer {
  private let beta: Float

  /// The larger `beta`, the nearer to ReLU.
  public init(beta: Float = 1) {
    require(beta > 0, "Softplus", "a beta of \(beta)")
    self.beta = beta
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    beta == 1 ? softplus(x) : softplus(x * beta) / beta
  }
}

/// log(sigmoid(x)).
public final class LogSigmoid: Layer {
  /// Has no parameters.
  public init() {}
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { logSigmoid(x) }
}

/// x held between two bounds.
public final class Hardtanh: Layer {
  private let low, high: Float

  /// Bounds from `low` to `high`.
  public init(low: Float = -1, high: Float = 1) {
    require(low < high, "Hardtanh", "from \(low) to \(high)")
    self.low = low
    self.high = high
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x.clipped(from: low, to: high) }
}

/// x held between 0 and 6.
public final class ReLU6: Layer {
  /// Has no parameters.
  public init() {}
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x.clipped(from: 0, to: 6) }
}

/// exp(x) / Σ exp(x) along an axis.
public final class Softmax: Layer {
  private let axis: Int

  /// Sums to one along `axis`, the last unless given.
  public init(axis: Int = -1) { self.axis = axis }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x.softmax(axis: axis) }
}

/// The logarithm of ``Softmax``, computed at once.
public final class LogSoftmax: Layer {
  private let axis: Int

  /// Along `axis`, the last unless given.
  public init(axis: Int = -1) { self.axis = axis }
  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x.logSoftmax(axis: axis) }
}
