import D2LTensor

/// How the losses of examples become one array.
public enum Reduction: Sendable, Hashable {
  /// Each example's own.
  case none
  /// Their mean.
  case mean
  /// Their sum.
  case sum

  func callAsFunction<S: FloatingScalar>(_ losses: Tensor<S>) -> Tensor<S> {
    switch self {
    case .none: losses
    case .mean: losses.mean()
    case .sum: losses.sum()
    }
  }
}

/// Softmax cross-entropy of logits with class ids: -log softmax(logits)[target], computed from the logits at once (book 3.7).
///
/// - Parameters:
///   - logits: `[batch, classes]` or `[batch, classes, d1, …]`.
///   - targets: class ids, `[batch]` or `[batch, d1, …]`.
///   - classWeight: how much each class counts, `[classes]`; a mean is then divided by the sum of the weights.
///   - labelSmoothing: the share of each target that is spread over all classes.
///   - ignored: a target that counts nothing.
///   - reduction: what becomes of the losses.
public func crossEntropy<S: FloatingScalar>(
  _ logits: Tensor<S>, _ targets: Tensor<Int64>, classWeight: Tensor<S>? = nil, labelSmoothing: Double = 0,
  ignoring ignored: Int64 = -100, reduction: Reduction = .mean
) -> Tensor<S> {
  require(logits.rank >= 2, "crossEntropy", "logits \(logits.shape) are not [batch, classes, …]")
  var expected = logits.shape
  expected.remove(at: 1)
  require(
    targets.shape == expected, "crossEntropy",
    "logits \(logits.shape) go with targets \(expected), not \(targets.shape)")
  let classes = logits.shape[1]
  var rows = logits
  if logits.rank > 2 {
    rows = logits.permuted([0] + Array(2..<logits.rank) + [1]).reshaped([targets.count, classes])
  }
  let ids = targets.reshaped([targets.count])
  let losses = rows.crossEntropyPerRow(
    ids, classWeight: classWeight, labelSmoothing: labelSmoothing, ignoring: ignored)
  switch reduction {
  case .none: return losses.reshaped(expected)
  case .sum: return losses.sum()
  case .mean:
    let total = ids.withUnsafeBufferPointer { ids -> Double in
      guard let weights = classWeight?.values else { return Double(ids.reduce(0) { $1 == ignored ? $0 : $0 + 1 }) }
      return ids.reduce(0.0) { $1 == ignored ? $0 : $0 + weights[Int($1)].asDouble }
    }
    return losses.sum() / S(fromDouble: total)
  }
}

/// (prediction - target)², averaged (book 3.1, without its factor 1/2).
public func meanSquaredError<S: FloatingScalar>(
  _ prediction: Tensor<S>, _ target: Tensor<S>, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(prediction, target, "meanSquaredError")
  return reduction(square(prediction - target))
}
