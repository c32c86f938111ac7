import D2LTensor

/// Cross-correlation over sequences: `[batch, in, length]` to `[batch, out, length']` (book 14.8 and 15.3).
///
/// length' = ⌊(length + 2 padding - dilation (kernel - 1) - 1) / stride⌋ + 1. Parameters: `weight` `[out, in / groups, kernel]` and
/// `bias` `[out]`, both uniform on ±1/√(in / groups × kernel) at first (PyTorch's default).
public final class Conv1d: ActivationFusing, Weighted {
  /// What is learned; its shape is given above.
  public let weight: Parameter
  /// What is added, if anything is.
  public let bias: Parameter?
  private let geometry: ConvolutionGeometry
  private let extraPadding: Int

  /// A window of `kernel` steps.
  public convenience init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true
  ) {
    self.init(
      inputs, outputs, kernel: kernel, stride: stride, padding: padding, extraPadding: 0, dilation: dilation,
      groups: groups, bias: bias)
  }

  /// A window with the padding that keeps the length as it is, at stride 1. What is odd is added at the end.
  public convenience init(
    _ inputs: Int, _ outputs: Int, kernel: Int, padding: SamePadding, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true
  ) {
    let whole = dilation * (kernel - 1)
    self.init(
      inputs, outputs, kernel: kernel, stride: 1, padding: whole / 2, extraPadding: whole % 2, dilation: dilation,
      groups: groups, bias: bias)
  }

  private init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, padding: Int, extraPadding: Int, dilation: Int,
    groups: Int,
    bias: Bool
  ) {
    require(
      groups > 0 && inputs % groups == 0 && outputs % groups == 0, "Conv1d",
      "\(inputs) channels to \(outputs) in \(groups) groups")
    let fan = inputs / groups * kernel
    weight = Parameter([outputs, inputs / groups, kernel], .inverseRoot(fan: fan))
    self.bias = bias ? Parameter([outputs], .inverseRoot(fan: fan)) : nil
    geometry = ConvolutionGeometry(stride: (1, stride), padding: (0, padding), dilation: (1, dilation), groups: groups)
    self.extraPadding = extraPadding
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { self(x, activation: .none) }

  /// The same through an activation, in one pass.
  public func callAsFunction(_ x: Tensor<Float>, activation: FusedActivation) -> Tensor<Float> {
    require(x.rank == 3, "Conv1d", "input \(x.shape) is not [batch, channels, length]")
    let padded = extraPadding > 0 ? x.padded([(0, 0), (0, 0), (0, extraPadding)], with: 0) : x
    return conv2d(
      padded.unsqueezed(axis: 2), weight: weight.value.unsqueezed(axis: 2), bias: bias?.value, geometry: geometry,
      activation: activation
    ).squeezed(axis: 2)
  }
}
