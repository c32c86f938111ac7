import D2LTensor

/// y = x Wᵀ + b on the last dimension: `[..., inputs]` to `[..., outputs]`.
///
/// Parameters: `weight` `[outputs, inputs]` and `bias` `[outputs]`, both uniform on ±1/√inputs at first (PyTorch's default).
public final class Linear: ActivationFusing, Weighted {
  /// What is learned; its shape is given above.
  public let weight: Parameter
  /// What is added, if anything is.
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

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { self(x, activation: .none) }

  /// The same through an activation, in one pass.
  public func callAsFunction(_ x: Tensor<Float>, activation: FusedActivation) -> Tensor<Float> {
    linear(x, weight: weight.value, bias: bias?.value, activation: activation)
  }
}

/// A bilinear form of two inputs: `[..., first]` and `[..., second]` to `[..., outputs]`, y_o = xᵀ W_o z + b_o.
///
/// Parameters: `weight` `[outputs, first, second]` and `bias` `[outputs]`, both uniform on ±1/√first at first (PyTorch's default).
public final class Bilinear: Module {
  /// What is learned; its shape is given above.
  public let weight: Parameter
  /// What is added, if anything is.
  public let bias: Parameter?

  /// A form of the given sizes, with a bias unless told otherwise.
  public init(_ first: Int, _ second: Int, _ outputs: Int, bias: Bool = true) {
    require(first > 0 && second > 0 && outputs > 0, "Bilinear", "\(first) and \(second) inputs, \(outputs) outputs")
    weight = Parameter([outputs, first, second], .inverseRoot(fan: first))
    self.bias = bias ? Parameter([outputs], .inverseRoot(fan: first)) : nil
  }

  /// The form of `x` and `z`, whose leading sizes agree.
  public func callAsFunction(_ x: Tensor<Float>, _ z: Tensor<Float>) -> Tensor<Float> {
    let (outputs, first, second) = (weight.shape[0], weight.shape[1], weight.shape[2])
    require(
      x.rank >= 1 && z.rank == x.rank && x.shape.dropLast() == z.shape.dropLast() && x.shape.last == first
        && z.shape.last == second, "Bilinear", "inputs \(x.shape) and \(z.shape), weight \(weight.shape)")
    var target = x.shape
    target[x.rank - 1] = outputs
    let table = weight.value.permuted(1, 0, 2).reshaped([first, outputs * second])
    let half = x.reshaped([-1, first]).matmul(table).reshaped([-1, outputs, second])
    let form = half.matmul(z.reshaped([-1, second, 1])).reshaped(target)
    guard let bias else { return form }
    return form + bias.value
  }
}
