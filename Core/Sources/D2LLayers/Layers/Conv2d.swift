import D2LTensor

/// Cross-correlation over images: `[batch, in, height, width]` to `[batch, out, height', width']` (book 6.2–6.4).
///
/// height' = ⌊(height + 2 padding - dilation (kernel - 1) - 1) / stride⌋ + 1. Parameters: `weight`
/// `[out, in / groups, kernel height, kernel width]` and `bias` `[out]`, both uniform on ±1/√(in / groups × kernel size) at
/// first (PyTorch's default).
public final class Conv2d: ActivationFusing, Weighted {
  /// What is learned; its shape is given above.
  public let weight: Parameter
  /// What is added, if anything is.
  public let bias: Parameter?
  /// Stride, padding, dilation and groups.
  public let geometry: ConvolutionGeometry
  /// A row below or a column to the right that `same` padding of an even window adds to the padding on both sides.
  let extraPadding: (bottom: Int, right: Int)

  /// A square window, the same stride, padding and dilation both ways.
  public convenience init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true
  ) {
    self.init(
      inputs, outputs, kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding),
      dilation: (dilation, dilation), groups: groups, bias: bias)
  }

  /// A square window with the padding that keeps height and width as they are, at stride 1.
  public convenience init(
    _ inputs: Int, _ outputs: Int, kernel: Int, padding: SamePadding, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true
  ) {
    self.init(
      inputs, outputs, kernel: (kernel, kernel), padding: padding, dilation: (dilation, dilation), groups: groups,
      bias: bias)
  }

  /// A window of (height, width) with the padding that keeps height and width as they are, at stride 1. What is odd is added below and
  /// to the right.
  public convenience init(
    _ inputs: Int, _ outputs: Int, kernel: (Int, Int), padding: SamePadding, dilation: (Int, Int) = (1, 1),
    groups: Int = 1,
    bias: Bool = true
  ) {
    let whole = (dilation.0 * (kernel.0 - 1), dilation.1 * (kernel.1 - 1))
    self.init(
      inputs, outputs, kernel: kernel, stride: (1, 1), padding: (whole.0 / 2, whole.1 / 2), dilation: dilation,
      groups: groups, bias: bias, extraPadding: (whole.0 % 2, whole.1 % 2))
  }

  /// Sizes given as (height, width).
  public convenience init(
    _ inputs: Int, _ outputs: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0),
    dilation: (Int, Int) = (1, 1), groups: Int = 1, bias: Bool = true
  ) {
    self.init(
      inputs, outputs, kernel: kernel, stride: stride, padding: padding, dilation: dilation, groups: groups, bias: bias,
      extraPadding: (0, 0))
  }

  private init(
    _ inputs: Int, _ outputs: Int, kernel: (Int, Int), stride: (Int, Int), padding: (Int, Int), dilation: (Int, Int),
    groups: Int, bias: Bool, extraPadding: (bottom: Int, right: Int)
  ) {
    require(
      groups > 0 && inputs % groups == 0 && outputs % groups == 0, "Conv2d",
      "\(inputs) channels to \(outputs) in \(groups) groups")
    let fan = inputs / groups * kernel.0 * kernel.1
    weight = Parameter([outputs, inputs / groups, kernel.0, kernel.1], .inverseRoot(fan: fan))
    self.bias = bias ? Parameter([outputs], .inverseRoot(fan: fan)) : nil
    geometry = ConvolutionGeometry(stride: stride, padding: padding, dilation: dilation, groups: groups)
    self.extraPadding = extraPadding
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { self(x, activation: .none) }

  /// The same through an activation, in one pass.
  public func callAsFunction(_ x: Tensor<Float>, activation: FusedActivation) -> Tensor<Float> {
    var x = x
    if extraPadding != (0, 0) {
      require(x.rank == 4, "Conv2d", "input \(x.shape) is not [batch, channels, height, width]")
      x = x.padded([(0, 0), (0, 0), (0, extraPadding.bottom), (0, extraPadding.right)], with: 0)
    }
    return conv2d(x, weight: weight.value, bias: bias?.value, geometry: geometry, activation: activation)
  }
}

/// Padding chosen by the window's size.
public enum SamePadding: Sendable {
  /// The output of stride 1 is as large as the input.
  case same
}
