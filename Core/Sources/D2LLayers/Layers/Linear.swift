import D2LTensor

/// y = x Wᵀ + b on the last dimension: `[..., inputs]` to `[..., outputs]`.
///
/// Parameters: `weight` `[outputs, inputs]` and `bias` `[outputs]`, both uniform on ±1/√inputs at first (PyTorch's default).
public final class Linear: ActivationFusing, Weighted {
  public let weight: Parameter
  public let bias: Parameter?

  /// A layer of the given sizes, with a bias unless told otherwise.
  public init(_ inputs: Int, _ outputs: Int, bias: Bool = true) {
    require(inputs >= 0 && outputs >= 0, "Linear", "\(inputs) inputs, \(outputs) outputs")
    weight = Parameter([outputs, inputs], .inverseRoot(fan: inputs))
    self.bias = bias ? Parameter([outputs], .inverseRoot(fan: inputs)) : nil
  }

  /// A layer over parameters that exist, perhaps shared with another.
  public init(weight: Parameter, bias: Parameter?) {
    self.weight = weight
    self.bias = bias
  }

  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { self(x, activation: .none) }

  public func callAsFunction(_ x: Tensor<Float>, activation: FusedActivation) -> Tensor<Float> {
    linear(x, weight: weight.value, bias: bias?.value, activation: activation)
  }
}

/// All dimensions but the batch in one: `[batch, channels, height, width]` to `[batch, features]`.
public final class Flatten: Layer {
  /// Flattens from dimension 1 on.
  public init() {}
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x.flattened(from: 1) }
}
