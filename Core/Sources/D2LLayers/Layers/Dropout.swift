import D2LTensor

/// In training sets elements to zero with a probability and scales the others by 1 / (1 - probability); in evaluation does nothing
/// (Srivastava et al., 2014; book 4.6). Draws from the current ``RandomSource``.
public final class Dropout: Layer, ModeDependent {
  /// The probability of zero.
  public let probability: Double
  public var isTraining = true

  /// A layer that drops with the given probability, 0 to 1.
  public init(_ probability: Double = 0.5) {
    require(probability >= 0 && probability <= 1, "Dropout", "a probability of \(probability)")
    self.probability = probability
  }

  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    guard isTraining && probability > 0 else { return x }
    return x.droppedOut(probability: probability, using: &RandomSource.current.generator)
  }
}
