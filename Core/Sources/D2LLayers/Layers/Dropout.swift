import D2LTensor

/// In training sets elements to zero with a probability and scales the others by 1 / (1 - probability); in evaluation does nothing
/// (Srivastava et al., 2014; book 4.6). Draws from the current `RandomSource`.
public final class Dropout: Layer, ModeDependent {
  /// The probability of zero.
  public var probability: Double
  /// Whether it behaves as in training.
  public var isTraining = true

  /// A layer that drops with the given probability, 0 to 1.
  public init(_ probability: Double = 0.5) {
    require(probability >= 0 && probability <= 1, "Dropout", "a probability of \(probability)")
    self.probability = probability
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    guard isTraining && probability > 0 else { return x }
    return x.droppedOut(probability: probability, using: &RandomSource.current.generator)
  }
}

/// In training sets whole channels of sequences `[batch, channels, length]` to zero, as ``Dropout`` does elements.
public final class Dropout1d: Layer, ModeDependent {
  /// The probability of zero.
  public var probability: Double
  /// Whether it behaves as in training.
  public var isTraining = true

  /// A layer that drops channels with the given probability, 0 to 1.
  public init(_ probability: Double = 0.5) {
    require(probability >= 0 && probability <= 1, "Dropout1d", "a probability of \(probability)")
    self.probability = probability
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank == 3, "Dropout1d", "input \(x.shape) is not [batch, channels, length]")
    return isTraining && probability > 0 ? x.droppingChannels(probability) : x
  }
}

/// In training sets whole channels of images `[batch, channels, height, width]` to zero (Tompson et al., 2015), as ``Dropout`` does
/// elements.
public final class Dropout2d: Layer, ModeDependent {
  /// The probability of zero.
  public var probability: Double
  /// Whether it behaves as in training.
  public var isTraining = true

  /// A layer that drops channels with the given probability, 0 to 1.
  public init(_ probability: Double = 0.5) {
    require(probability >= 0 && probability <= 1, "Dropout2d", "a probability of \(probability)")
    self.probability = probability
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    require(x.rank == 4, "Dropout2d", "input \(x.shape) is not [batch, channels, height, width]")
    return isTraining && probability > 0 ? x.droppingChannels(probability) : x
  }
}

extension Tensor<Float> {
  fileprivate func droppingChannels(_ probability: Double) -> Tensor {
    var kept = Shape(repeating: 1, count: rank)
    kept[0] = shape[0]
    kept[1] = shape[1]
    return self
      * Tensor(ones: kept).droppedOut(probability: probability, using: &RandomSource.current.generator)
  }
}
