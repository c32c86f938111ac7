import D2LTensor

/// max(x, 0).
public final class ReLU: FusableActivation {
  /// Has no parameters.
  public init() {}
  var fused: FusedActivation { .relu }
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { relu(x) }
}

/// 1 / (1 + e^-x).
public final class Sigmoid: FusableActivation {
  /// Has no parameters.
  public init() {}
  var fused: FusedActivation { .sigmoid }
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { sigmoid(x) }
}

/// The hyperbolic tangent.
public final class Tanh: FusableActivation {
  /// Has no parameters.
  public init() {}
  var fused: FusedActivation { .tanh }
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { tanh(x) }
}
