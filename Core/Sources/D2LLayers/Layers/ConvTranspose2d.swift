import D2LTensor

/// Transposed convolution: `[batch, in, height, width]` to `[batch, out, height', width']` (book 13.10).
///
/// height' = (height - 1) stride - 2 padding + dilation (kernel - 1) + 1 + outputPadding. Parameters: `weight` `[in, out / groups,
/// kernel height, kernel width]` and `bias` `[out]`, both uniform on ±1/√(out / groups × kernel size) at first (PyTorch's default).
public final class ConvTranspose2d: Weighted, Layer {
  /// What is learned; its shape is given above.
  public let weight: Parameter
  /// What is added, if anything is.
  public let bias: Parameter?
  /// Stride, padding, dilation and groups.
  public let geometry: ConvolutionGeometry
  private let outputPadding: (Int, Int)

  /// A square window, the same sizes both ways.
  public convenience init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0,
    dilation: Int = 1, groups: Int = 1, bias: Bool = true
  ) {
    self.init(
      inputs, outputs, kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding),
      outputPadding: (outputPadding, outputPadding), dilation: (dilation, dilation), groups: groups, bias: bias)
  }

  /// Sizes given as (height, width).
  public init(
    _ inputs: Int, _ outputs: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0),
    outputPadding: (Int, Int) = (0, 0), dilation: (Int, Int) = (1, 1), groups: Int = 1, bias: Bool = true
  ) {
    require(
      groups > 0 && inputs % groups == 0 && outputs % groups == 0, "ConvTranspose2d",
      "\(inputs) channels to \(outputs) in \(groups) groups")
    let fan = outputs / groups * kernel.0 * kernel.1
    weight = Parameter([inputs, outputs / groups, kernel.0, kernel.1], .inverseRoot(fan: fan))
    self.bias = bias ? Parameter([outputs], .inverseRoot(fan: fan)) : nil
    geometry = ConvolutionGeometry(stride: stride, padding: padding, dilation: dilation, groups: groups)
    self.outputPadding = outputPadding
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    convTranspose2d(
      x, weight: weight.value, bias: bias?.value, geometry: geometry, outputPadding: outputPadding)
  }
}
