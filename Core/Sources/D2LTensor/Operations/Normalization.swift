import CD2LKernels

extension AnyTensor {
  /// Batch normalisation by the batch's own statistics over all but dimension 1. Also returns mean and biased variance.
  func batchNormalized(_ weight: AnyTensor?, _ bias: AnyTensor?, epsilon: Double) -> (
    output: AnyTensor, mean: AnyTensor, variance: AnyTensor
  ) {
    let (batch, channels, spatial) = channelSizes(weight, bias, "batchNorm")
    require(batch * spatial > 0, "batchNorm", "nothing to average in an array of shape \(shape)")
    let x = contiguous().detached()
    let (w, b) = (weight?.contiguous().detached(), bias?.contiguous())
    let mean = AnyTensor(uninitialized: [channels], dtype)
    let variance = AnyTensor(uninitialized: [channels], dtype)
    let inverse = AnyTensor(uninitialized: [channels], dtype)
    let result = AnyTensor(uninitialized: shape, dtype)
    d2l_batch_norm_train(
      dtype.kernel, x.pointer, w?.pointer, b?.pointer, epsilon, result.pointer, mean.pointer, variance.pointer,
      inverse.pointer, Int64(batch), Int64(channels), Int64(spatial))
    let inputs = [self, weight, bias].compactMap { $0 }
    let (weightIndex, biasIndex) = (1, weight == nil ? 1 : 2)
    let (hasWeight, hasBias) = (weight != nil, bias != nil)
    let output = result.recorded("batchNorm", inputs: inputs) { gradient, node in
      if isRecording {
        let axes = [0] + Array(2..<x.rank)
        var column = Shape(repeating: 1, count: x.rank - 1)
        column[0] = channels
        let parts = x.asInput(0, of: node).normalizationGradient(
          gradient, w?.asInput(1, of: node).reshaped(column), over: axes, epsilon: epsilon)
        node.send(parts.input, to: 0)
        if hasWeight { node.send(parts.weight.sum(axes: axes), to: weightIndex) }
        if hasBias { node.send(gradient.sum(axes: axes), to: biasIndex) }
        return
      }
      let g = gradient.contiguous()
      let share = AnyTensor(uninitialized: x.shape, x.dtype)
      let weightShare = hasWeight ? AnyTensor(uninitialized: [channels], x.dtype) : nil
      let biasShare = hasBias ? AnyTensor(uninitialized: [channels], x.dtype) : nil
      d2l_batch_norm_gradient(
        x.dtype.kernel, x.pointer, w?.pointer, mean.pointer, inverse.pointer, g.pointer, share.pointer,
        weightShare?.pointer, biasShare?.pointer, Int64(batch), Int64(channels), Int64(spatial))
      node.send(share, to: 0)
      if let weightShare { node.send(weightShare, to: weightIndex) }
      if let biasShare { node.send(biasShare, to: biasIndex) }
    }
    return (output, mean, variance)
  }

  /// Batch normalisation by given statistics: an affine map of each channel.
  func batchNormalized(
    mean: AnyTensor, variance: AnyTensor, _ weight: AnyTensor?, _ bias: AnyTensor?, epsilon: Double
  ) -> AnyTensor {
    let (batch, channels, spatial) = channelSizes(weight, bias, "batchNorm")
    require(
      mean.shape == [channels] && variance.shape == [channels], "batchNorm",
      "statistics \(mean.shape), \(variance.shape) for \(channels) channels")
    if isRecording && (node != nil || weight?.node != nil || bias?.node != nil) {
      // Differentiated rarely: made of smaller operations.
      var column = Shape(repeating: 1, count: rank - 1)
      column[0] = channels
      let scale = variance.detached().adding(epsilon).unary(D2L_RSQRT, "rsqrt").reshaped(column)
      var result = (self - mean.detached().reshaped(column)) * scale
      if let weight { result = result * weight.reshaped(column) }
      if let bias { result = result + bias.reshaped(column) }
      return result
    }
    let (x, m, v) = (contiguous(), mean.contiguous(), variance.contiguous())
    let (w, b) = (weight?.contiguous(), bias?.contiguous())
    let result = AnyTensor(uninitialized: shape, dtype)
    d2l_batch_norm_infer(
      dtype.kernel, x.pointer, m.pointer, v.pointer, w?.pointer, b?.pointer, epsilon, result.pointer, Int64(batch),
      Int64(channels), Int64(spatial))
    return result
  }

  private func channelSizes(_ weight: AnyTensor?, _ bias: AnyTensor?, _ name: StaticString) -> (Int, Int, Int) {
    require(rank >= 2, name, "input \(shape) is not [batch, channels, …]")
    let channels = shape[1]
    require(
      (weight?.shape ?? [channels]) == [channels] && (bias?.shape ?? [channels]) == [channels], name,
      "weight \(weight?.shape ?? []), bias \(bias?.shape ?? []) for \(channels) channels")
    return (shape[0], channels, shape.dropFirst(2).reduce(1, *))
  }

  /// Layer normalisation over the last dimensions, as many as `size` has.
  func layerNormalized(_ size: Shape, _ weight: AnyTensor?, _ bias: AnyTensor?, epsilon: Double) -> AnyTensor {
    require(
      rank >= size.count && Shape(shape.suffix(size.count)) == size, "layerNorm",
      "input \(shape) does not end in \(size)")
    require(
      (weight?.shape ?? size) == size && (bias?.shape ?? size) == size, "layerNorm",
      "weight \(weight?.shape ?? []), bias \(bias?.shape ?? []) for \(size)")
    let width = size.elementCount
    let rows = width == 0 ? 0 : count / width
    let x = contiguous().detached()
    let (w, b) = (weight?.contiguous().detached(), bias?.contiguous())
    let mean = AnyTensor(uninitialized: [rows], dtype)
    let inverse = AnyTensor(uninitialized: [rows], dtype)
    let result = AnyTensor(uninitialized: shape, dtype)
    d2l_layer_norm(
      dtype.kernel, x.pointer, w?.pointer, b?.pointer, epsilon, result.pointer, mean.pointer, inverse.pointer,
      Int64(rows), Int64(width))
    let inputs = [self, weight, bias].compactMap { $0 }
    let biasIndex = weight == nil ? 1 : 2
    let (hasWeight, hasBias) = (weight != nil, bias != nil)
    return result.recorded("layerNorm", inputs: inputs) { gradient, node in
      if isRecording {
        let leading = x.rank - size.count
        let parts = x.asInput(0, of: node).normalizationGradient(
          gradient, w?.asInput(1, of: node), over: Array(leading..<x.rank), epsilon: epsilon)
        node.send(parts.input, to: 0)
        if hasWeight { node.send(parts.weight.reduced(to: size), to: 1) }
        if hasBias { node.send(gradient.reduced(to: size), to: biasIndex) }
        return
      }
      let g = gradient.contiguous()
      let share = AnyTensor(uninitialized: x.shape, x.dtype)
      let weightShare = hasWeight ? AnyTensor(uninitialized: size, x.dtype) : nil
      let biasShare = hasBias ? AnyTensor(uninitialized: size, x.dtype) : nil
      d2l_layer_norm_gradient(
        x.dtype.kernel, x.pointer, w?.pointer, mean.pointer, inverse.pointer, g.pointer, share.pointer,
        weightShare?.pointer, biasShare?.pointer, Int64(rows), Int64(width))
      node.send(share, to: 0)
      if let weightShare { node.send(weightShare, to: 1) }
      if let biasShare { node.send(biasShare, to: biasIndex) }
    }
  }
}

extension AnyTensor {
  /// What flows back through a normalisation of this array over `axes`, made of recorded operations: the share of the array itself, and that of
  /// the weight (which broadcasts) before it is summed.
  private func normalizationGradient(
    _ gradient: AnyTensor, _ weight: AnyTensor?, over axes: [Int], epsilon: Double
  ) -> (input: AnyTensor, weight: AnyTensor) {
    func mean(_ x: AnyTensor) -> AnyTensor { x.mean(axes: axes, keepingDimensions: true) }
    let centred = self - mean(self)
    let inverse = mean(centred * centred).adding(epsilon).unary(D2L_RSQRT, "rsqrt")
    let normal = centred * inverse
    let g = weight.map { gradient * $0 } ?? gradient
    return (inverse * (g - mean(g) - normal * mean(g * normal)), gradient * normal)
  }
}

/// (x - mean) / √(variance + epsilon) · weight + bias for each channel of `[batch, channels, …]`, by the statistics of the batch, which are
/// returned too (the variance biased). Ioffe & Szegedy, 2015; book 7.5.
public func batchNorm<S: FloatingScalar>(
  _ x: Tensor<S>, weight: Tensor<S>?, bias: Tensor<S>?, epsilon: Double = 1e-5
) -> (output: Tensor<S>, mean: Tensor<S>, variance: Tensor<S>) {
  let result = x.erased.batchNormalized(weight?.erased, bias?.erased, epsilon: epsilon)
  return (Tensor(result.output), Tensor(result.mean), Tensor(result.variance))
}

/// The same with given statistics, as in evaluation.
public func batchNorm<S: FloatingScalar>(
  _ x: Tensor<S>, mean: Tensor<S>, variance: Tensor<S>, weight: Tensor<S>?, bias: Tensor<S>?, epsilon: Double = 1e-5
) -> Tensor<S> {
  Tensor(
    x.erased.batchNormalized(
      mean: mean.erased, variance: variance.erased, weight?.erased, bias?.erased, epsilon: epsilon))
}

/// Normalises the last dimensions of `x`, those in `size`, by their own mean and variance (Ba et al., 2016); weight and bias have
/// the shape `size`.
public func layerNorm<S: FloatingScalar>(
  _ x: Tensor<S>, size: Shape, weight: Tensor<S>?, bias: Tensor<S>?, epsilon: Double = 1e-5
) -> Tensor<S> {
  Tensor(x.erased.layerNormalized(size, weight?.erased, bias?.erased, epsilon: epsilon))
}
