import D2LTensor

extension Conv2d {
  /// activation(norm(self(x))): the usual three in a row.
  ///
  /// In evaluation without a tape they are one pass over the images: normalisation by fixed statistics is an affine map of each channel, which the
  /// convolution does with its weights and bias.
  public func callAsFunction(
    _ x: Tensor<Float>, normalizedBy norm: BatchNorm2d, activation: FusedActivation = .none
  ) -> Tensor<Float> {
    let isFixed = !norm.isTraining && extraPadding == (0, 0)
    guard isFixed, let mean = norm.runningMean, let variance = norm.runningVariance,
      !isRecorded(x, weight.value, bias?.value, norm.weight?.value, norm.bias?.value)
    else { return activated(norm(self(x)), by: activation) }
    let normalization = ChannelNormalization(
      mean: mean.value, variance: variance.value, weight: norm.weight?.value, bias: norm.bias?.value,
      epsilon: norm.epsilon)
    return normalization.convolution(
      of: x, weight: weight.value, bias: bias?.value, geometry: geometry, activation: activation)
  }
}

private func activated(_ x: Tensor<Float>, by activation: FusedActivation) -> Tensor<Float> {
  switch activation {
  case .none: x
  case .relu: relu(x)
  case .sigmoid: sigmoid(x)
  case .tanh: tanh(x)
  }
}
