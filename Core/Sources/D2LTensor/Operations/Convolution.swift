import CD2LKernels

/// The sizes of a two-dimensional convolution. Pairs are (height, width).
public struct ConvolutionGeometry: Sendable, Hashable {
  /// Steps between windows.
  public var stride: (Int, Int)
  /// Zeros added on each side.
  public var padding: (Int, Int)
  /// Distance between the elements of a window.
  public var dilation: (Int, Int)
  /// Channels are cut into this many parts that do not see each other.
  public var groups: Int

  /// Stride and dilation 1, no padding, one group, unless given.
  public init(stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0), dilation: (Int, Int) = (1, 1), groups: Int = 1)
  {
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  /// Whether all sizes are equal.
  public static func == (a: Self, b: Self) -> Bool {
    a.stride == b.stride && a.padding == b.padding && a.dilation == b.dilation && a.groups == b.groups
  }

  /// Hashes all sizes.
  public func hash(into hasher: inout Hasher) {
    for value in [stride.0, stride.1, padding.0, padding.1, dilation.0, dilation.1, groups] { hasher.combine(value) }
  }

  /// The kernels' description of a convolution of x by w.
  fileprivate func kernel(_ x: Shape, _ w: Shape, _ name: StaticString) -> d2l_convolution {
    require(x.count == 4 && w.count == 4, name, "input \(x), weight \(w): both take four dimensions")
    require(
      groups > 0 && w[0] % groups == 0 && x[1] == w[1] * groups, name,
      "input \(x) has \(x[1]) channels, weight \(w) with \(groups) groups takes \(w[1] * groups)")
    let height = ConvolutionGeometry.outputSize(x[2], kernel: w[2], stride.0, padding.0, dilation.0)
    let width = ConvolutionGeometry.outputSize(x[3], kernel: w[3], stride.1, padding.1, dilation.1)
    require(
      height > 0 && width > 0, name,
      "the window of weight \(w) is larger than the input \(x) with padding \(padding)")
    return d2l_convolution(
      batch: Int64(x[0]), in_channels: Int64(x[1]), in_h: Int64(x[2]), in_w: Int64(x[3]), out_channels: Int64(w[0]),
      out_h: Int64(height), out_w: Int64(width), kernel_h: Int64(w[2]), kernel_w: Int64(w[3]),
      stride_h: Int64(stride.0), stride_w: Int64(stride.1), pad_h: Int64(padding.0), pad_w: Int64(padding.1),
      dilation_h: Int64(dilation.0), dilation_w: Int64(dilation.1), groups: Int64(groups))
  }

  /// How many windows fit: floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1, at least 0.
  static func outputSize(_ size: Int, kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> Int {
    require(
      kernel > 0 && stride > 0 && padding >= 0 && dilation > 0, "convolution",
      "kernel \(kernel), stride \(stride), padding \(padding), dilation \(dilation)")
    let room = size + 2 * padding - dilation * (kernel - 1) - 1
    return room < 0 ? 0 : room / stride + 1
  }
}

extension AnyTensor {
  func convolved(
    _ weight: AnyTensor, _ bias: AnyTensor?, _ geometry: ConvolutionGeometry, _ activation: FusedActivation
  ) -> AnyTensor {
    require(dtype == weight.dtype, "conv2d", "input is \(dtype), weight is \(weight.dtype)")
    let convolution = Convolution(geometry.kernel(shape, weight.shape, "conv2d"))
    require(
      bias == nil || bias?.shape == [weight.shape[0]], "conv2d", "bias \(bias?.shape ?? []), weight \(weight.shape)")
    let (x, w) = (contiguous().detached(), weight.contiguous().detached())
    let result = convolution.run(x, w, bias?.contiguous(), activation)
    let y = activation == .none ? nil : result
    let hasBias = bias != nil
    return result.recorded("conv2d", self, weight, bias) { gradient, node in
      let (x, w) = (x.asInput(0, of: node), w.asInput(1, of: node))
      let g = activation.gradient(gradient, y?.asOutput(of: node))
      if node.needs(0) { node.send(convolution.inputGradient(g, w), to: 0) }
      if isRecording {
        node.send(convolution.weightGradient(x, g), to: 1)
        node.send(g.sum(axes: [0, 2, 3]), to: 2)
      } else if node.needs(1) || hasBias && node.needs(2) {
        let (share, biasShare) = convolution.runWeightGradient(x, g, hasBias: hasBias)
        node.send(share, to: 1)
        if let biasShare { node.send(biasShare, to: 2) }
      }
    }
  }

  /// The transposed convolution: the gradient of a convolution with weight [in, out / groups, h, w] taken as a forward pass.
  func convolvedTransposed(
    _ weight: AnyTensor, _ bias: AnyTensor?, _ geometry: ConvolutionGeometry, outputPadding: (Int, Int)
  ) -> AnyTensor {
    require(
      rank == 4 && weight.rank == 4 && shape[1] == weight.shape[0] && dtype == weight.dtype, "convTranspose2d",
      "input \(shape) \(dtype), weight \(weight.shape) \(weight.dtype)")
    func size(_ input: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int, _ extra: Int) -> Int {
      require(
        extra >= 0 && (extra < stride || extra < dilation), "convTranspose2d",
        "output padding \(extra) with stride \(stride) and dilation \(dilation)")
      return (input - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + extra
    }
    let height = size(
      shape[2], weight.shape[2], geometry.stride.0, geometry.padding.0, geometry.dilation.0, outputPadding.0)
    let width = size(
      shape[3], weight.shape[3], geometry.stride.1, geometry.padding.1, geometry.dilation.1, outputPadding.1)
    require(height > 0 && width > 0, "convTranspose2d", "input \(shape), weight \(weight.shape): an empty output")
    let channels = weight.shape[1] * geometry.groups
    require(
      bias == nil || bias?.shape == [channels], "convTranspose2d", "bias \(bias?.shape ?? []) for \(channels) channels")
    let whole: Shape = [shape[0], channels, height, width]
    var sizes = geometry.kernel(whole, weight.shape, "convTranspose2d")
    // Rows that output padding adds lie beyond the last window: the windows are this array's.
    sizes.out_h = Int64(shape[2])
    sizes.out_w = Int64(shape[3])
    let output = Convolution(sizes).inputGradient(self, weight, "convTranspose2d")
    guard let bias else { return output }
    return output + bias.reshaped([channels, 1, 1])
  }
}

/// A convolution and its two gradients: three maps, each linear in both of its operands, whose derivatives are one another. Recorded
/// that way they can be differentiated as often as one likes.
private struct Convolution {
  let sizes: d2l_convolution

  init(_ sizes: d2l_convolution) { self.sizes = sizes }

  private var input: Shape { [Int(sizes.batch), Int(sizes.in_channels), Int(sizes.in_h), Int(sizes.in_w)] }
  private var output: Shape { [Int(sizes.batch), Int(sizes.out_channels), Int(sizes.out_h), Int(sizes.out_w)] }
  private var weight: Shape {
    [
      Int(sizes.out_channels), Int(sizes.in_channels) / Int(sizes.groups), Int(sizes.kernel_h), Int(sizes.kernel_w),
    ]
  }

  /// activation(scale (x * w) + bias) of dense operands, not recorded.
  func run(
    _ x: AnyTensor, _ w: AnyTensor, scale: AnyTensor? = nil, _ bias: AnyTensor?, _ activation: FusedActivation
  ) -> AnyTensor {
    var sizes = sizes
    let result = AnyTensor(uninitialized: output, x.dtype)
    d2l_conv2d(
      x.dtype.kernel, &sizes, x.pointer, w.pointer, scale?.pointer, bias?.pointer, activation.kernel, result.pointer)
    return result
  }

  /// The gradients of weight and bias for dense operands, not recorded.
  func runWeightGradient(_ x: AnyTensor, _ g: AnyTensor, hasBias: Bool) -> (weight: AnyTensor, bias: AnyTensor?) {
    var sizes = sizes
    let share = AnyTensor(uninitialized: weight, x.dtype)
    let biasShare = hasBias ? AnyTensor(uninitialized: [weight[0]], x.dtype) : nil
    d2l_conv2d_gradient_weight(x.dtype.kernel, &sizes, x.pointer, g.pointer, share.pointer, biasShare?.pointer)
    return (share, biasShare)
  }

  /// x * w.
  func convolved(_ x: AnyTensor, _ w: AnyTensor) -> AnyTensor {
    let (x, w) = (x.contiguous(), w.contiguous())
    let (savedX, savedW) = (x.detached(), w.detached())
    return run(savedX, savedW, nil, .none).recorded("conv2d", x, w) { gradient, node in
      let (x, w) = (savedX.asInput(0, of: node), savedW.asInput(1, of: node))
      if node.needs(0) { node.send(inputGradient(gradient, w), to: 0) }
      if node.needs(1) { node.send(weightGradient(x, gradient), to: 1) }
    }
  }

  /// What flows back to the input for the gradient `g` of the output.
  func inputGradient(_ g: AnyTensor, _ w: AnyTensor, _ name: StaticString = "conv2d") -> AnyTensor {
    var sizes = sizes
    let (g, w) = (g.contiguous(), w.contiguous())
    let (savedG, savedW) = (g.detached(), w.detached())
    let result = AnyTensor(uninitialized: input, g.dtype)
    d2l_conv2d_gradient_input(g.dtype.kernel, &sizes, savedG.pointer, savedW.pointer, result.pointer)
    return result.recorded(name, g, w) { gradient, node in
      let (g, w) = (savedG.asInput(0, of: node), savedW.asInput(1, of: node))
      if node.needs(0) { node.send(convolved(gradient, w), to: 0) }
      if node.needs(1) { node.send(weightGradient(gradient, g), to: 1) }
    }
  }

  /// What flows back to the weight for the input `x` and the gradient `g` of the output.
  func weightGradient(_ x: AnyTensor, _ g: AnyTensor) -> AnyTensor {
    let (x, g) = (x.contiguous(), g.contiguous())
    let (savedX, savedG) = (x.detached(), g.detached())
    return runWeightGradient(savedX, savedG, hasBias: false).weight.recorded("conv2d", x, g) { gradient, node in
      let (x, g) = (savedX.asInput(0, of: node), savedG.asInput(1, of: node))
      if node.needs(0) { node.send(inputGradient(g, gradient), to: 0) }
      if node.needs(1) { node.send(convolved(x, gradient), to: 1) }
    }
  }
}

/// What batch normalisation by given statistics does to each channel: an affine map, `[channels]` each.
package struct ChannelNormalization<Scalar: FloatingScalar> {
  private let scale, shift: AnyTensor

  /// (x - mean) / √(variance + epsilon) · weight + bias.
  package init(
    mean: Tensor<Scalar>, variance: Tensor<Scalar>, weight: Tensor<Scalar>?, bias: Tensor<Scalar>?, epsilon: Double
  ) {
    var scale = variance.erased.detached().adding(epsilon).unary(D2L_RSQRT, "rsqrt")
    if let weight { scale = scale * weight.erased.detached() }
    let centre = mean.erased.detached() * scale
    self.scale = scale.contiguous()
    shift = (bias.map { $0.erased.detached() - centre } ?? centre.unary(D2L_NEG, "negate")).contiguous()
  }

  /// activation(normalised(conv2d(x, weight, bias))) in one pass that no tape records: the scale multiplies the weights as they are laid out
  /// for the convolution, the shift is added as its bias.
  package func convolution(
    of x: Tensor<Scalar>, weight: Tensor<Scalar>, bias: Tensor<Scalar>?, geometry: ConvolutionGeometry,
    activation: FusedActivation
  ) -> Tensor<Scalar> {
    let (x, w) = (x.erased.detached().contiguous(), weight.erased.detached().contiguous())
    let sum = bias.map { $0.erased.detached() * scale + shift } ?? shift
    require(scale.shape == [w.shape[0]], "conv2d", "normalisation of \(scale.shape) channels, weight \(w.shape)")
    let convolution = Convolution(geometry.kernel(x.shape, w.shape, "conv2d"))
    return Tensor(convolution.run(x, w, scale: scale, sum.contiguous(), activation))
  }
}

/// Cross-correlation of images `[batch, in, height, width]` with `weight` `[out, in / groups, kernel height, kernel width]`, plus
/// `bias` `[out]`, through `activation`: `[batch, out, height', width']`.
public func conv2d<S: FloatingScalar>(
  _ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>? = nil, geometry: ConvolutionGeometry = ConvolutionGeometry(),
  activation: FusedActivation = .none
) -> Tensor<S> {
  Tensor(x.erased.convolved(weight.erased, bias?.erased, geometry, activation))
}

/// The transposed convolution of `[batch, in, height, width]` with `weight` `[in, out / groups, kernel height, kernel width]`:
/// `[batch, out, (height - 1) stride - 2 padding + dilation (kernel - 1) + 1 + outputPadding, …]`.
public func convTranspose2d<S: FloatingScalar>(
  _ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>? = nil, geometry: ConvolutionGeometry = ConvolutionGeometry(),
  outputPadding: (Int, Int) = (0, 0)
) -> Tensor<S> {
  Tensor(x.erased.convolvedTransposed(weight.erased, bias?.erased, geometry, outputPadding: outputPadding))
}
