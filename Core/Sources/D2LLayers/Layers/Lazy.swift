import D2LTensor

/// A ``Linear`` that learns the number of its inputs from the first it sees: `[…, inputs]` to `[…, outputs]` (book 5.3).
///
/// Parameters `weight` and `bias` are made by the first call, from the random source that is current then; before it there are none, so that
/// optimizers and saved states come after it.
public final class LazyLinear: ActivationFusing {
  @Key("") private var made: Linear? = nil
  private let outputs: Int
  private let bias: Bool

  /// A layer of `outputs` outputs, with a bias unless told otherwise.
  public init(_ outputs: Int, bias: Bool = true) {
    require(outputs >= 0, "LazyLinear", "\(outputs) outputs")
    self.outputs = outputs
    self.bias = bias
  }

  /// The layer for inputs of the given shape.
  private func layer(for shape: Shape) -> Linear {
    if let made { return made }
    require(shape.count >= 1, "LazyLinear", "an input without dimensions")
    let layer = Linear(shape[shape.count - 1], outputs, bias: bias)
    made = layer
    return layer
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { layer(for: x.shape)(x) }
  /// The same through an activation, in one pass.
  public func callAsFunction(_ x: Tensor<Float>, activation: FusedActivation) -> Tensor<Float> {
    layer(for: x.shape)(x, activation: activation)
  }
}

/// A ``Conv2d`` that learns the number of its input channels from the first images it sees: `[batch, channels, height, width]`.
///
/// Parameters `weight` and `bias` are made by the first call, as those of ``LazyLinear`` are.
public final class LazyConv2d: ActivationFusing {
  @Key("") private var made: Conv2d? = nil
  private let make: (_ inputs: Int) -> Conv2d

  /// A square window, the same stride, padding and dilation both ways.
  public init(
    _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true
  ) {
    make = { inputs in
      Conv2d(
        inputs, outputs, kernel: kernel, stride: stride, padding: padding, dilation: dilation, groups: groups,
        bias: bias)
    }
  }

  /// The layer for images of the given shape.
  private func layer(for shape: Shape) -> Conv2d {
    if let made { return made }
    require(shape.count == 4, "LazyConv2d", "input \(shape) is not [batch, channels, height, width]")
    let layer = make(shape[1])
    made = layer
    return layer
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { layer(for: x.shape)(x) }
  /// The same through an activation, in one pass.
  public func callAsFunction(_ x: Tensor<Float>, activation: FusedActivation) -> Tensor<Float> {
    layer(for: x.shape)(x, activation: activation)
  }
}
