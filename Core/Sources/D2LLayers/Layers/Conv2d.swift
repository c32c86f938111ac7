import D2LTensor

/// Cross-correlation over images: `[batch, in, height, width]` to `[batch, out, height', width']` (book 6.2–6.4).
///
/// height' = ⌊(height + 2 padding - dilation (kernel - 1) - 1) / stride⌋ + 1. Parameters: `weight`
/// `[out, in / groups, kernel height, kernel width]` and `bias` `[out]`, both uniform on ±1/√(in / groups × kernel size) at
/// first (PyTorch's default).
public final class Conv2d: ActivationFusing, Weighted {
  public let weight: Parameter
  public let bias: Parameter?
  /// Stride, padding, dilation and groups.
  public let geometry: ConvolutionGeometry

  /// A square window, the same stride, padding and dilation both ways.
  public convenience init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true
  ) {
    self.init(
      inputs, outputs, kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding),
      dilation: (dilation, dilation), groups: groups, bias: bias)
  }

  /// Sizes given as (height, width).
  public init(
    _ inputs: Int, _ outputs: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0),
    dilation: (Int, Int) = (1, 1), groups: Int = 1, bias: Bool = true
  ) {
    require(
      groups > 0 && inputs % groups == 0 && outputs % groups == 0, "Conv2d",
      "\(inputs) channels to \(outputs) in \(groups) groups")
    let fan = inputs / groups * kernel.0 * kernel.1
    weight = Parameter([outputs, inputs / groups, kernel.0, kernel.1], .inverseRoot(fan: fan))
    self.bias = bias ? Parameter([outputs], .inverseRoot(fan: fan)) : nil
    geometry = ConvolutionGeometry(stride: stride, padding: padding, dilation: dilation, groups: groups)
  }

  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { self(x, activation: .none) }

  public func callAsFunction(_ x: Tensor<Float>, activation: FusedActivation) -> Tensor<Float> {
    conv2d(x, weight: weight.value, bias: bias?.value, geometry: geometry, activation: activation)
  }
}
