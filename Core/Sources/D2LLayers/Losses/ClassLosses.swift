import D2LTensor

/// The negative of the target's log-probability, of `[batch, classes]` or `[batch, classes, d1, …]` with class ids `[batch]` or `[batch, d1, …]`.
///
/// Targets that are `ignoring` count nothing; a mean is divided by the sum of the counted targets' class weights, as PyTorch does.
public func negativeLogLikelihood<S: FloatingScalar>(
  _ logProbabilities: Tensor<S>, _ targets: Tensor<Int64>, classWeight: Tensor<S>? = nil,
  ignoring ignored: Int64 = -100,
  reduction: Reduction = .mean
) -> Tensor<S> {
  require(
    logProbabilities.rank >= 2, "negativeLogLikelihood",
    "log-probabilities \(logProbabilities.shape) are not [batch, classes, …]")
  var expected = logProbabilities.shape
  let classes = expected.remove(at: 1)
  require(
    targets.shape == expected, "negativeLogLikelihood",
    "log-probabilities \(logProbabilities.shape) go with targets \(expected), not \(targets.shape)")
  require(
    classWeight == nil || classWeight?.shape == [classes], "negativeLogLikelihood",
    "class weights \(classWeight?.shape ?? []) for \(classes) classes")
  let ids = targets.replacing(where: targets .== ignored, with: 0)
  let counted = (targets .!= ignored).converted(to: S.self)
  let factors = classWeight.map { $0.detached().taking(ids) * counted } ?? counted
  let picked = logProbabilities.gathering(ids.unsqueezed(axis: 1), axis: 1).squeezed(axis: 1)
  let losses = -(picked * factors)
  return reduction == .mean ? losses.sum() / factors.sum() : reduction(losses)
}

/// Cross-entropy of sequences of different lengths: logits `[batch, steps, classes]`, targets `[batch, steps]`, valid steps `[batch]` to one
/// loss per example, `[batch]`: the mean over all steps, those past the end counting zero (book 9.7).
public func sequenceCrossEntropy<S: FloatingScalar>(
  _ logits: Tensor<S>, _ targets: Tensor<Int64>, lengths: Tensor<Int64>
) -> Tensor<S> {
  require(
    logits.rank == 3 && Shape(logits.shape[..<2]) == targets.shape && lengths.shape == [logits.shape[0]],
    "sequenceCrossEntropy", "logits \(logits.shape), targets \(targets.shape), lengths \(lengths.shape)")
  let (batch, steps, classes) = (logits.shape[0], logits.shape[1], logits.shape[2])
  let ignored: Int64 = -100
  let isPast = Tensor<Int64>(arange: steps) .>= lengths.reshaped([batch, 1])
  let rows = targets.replacing(where: isPast, with: ignored).reshaped([batch * steps])
  let losses = logits.reshaped([batch * steps, classes]).crossEntropyPerRow(rows, ignoring: ignored)
  return losses.reshaped([batch, steps]).mean(axis: 1)
}

/// Binary cross-entropy of probabilities, -(t log p + (1 - t) log(1 - p)); logarithms stop at -100. `weight` broadcasts over the losses.
public func binaryCrossEntropy<S: FloatingScalar>(
  _ probabilities: Tensor<S>, _ targets: Tensor<S>, weight: Tensor<S>? = nil, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(probabilities, targets, "binaryCrossEntropy")
  let least = S(fromDouble: -100)
  let yes = log(probabilities).clipped(from: least, to: 0)
  let no = log1p(-probabilities).clipped(from: least, to: 0)
  let losses = -(targets * yes + (1 - targets) * no)
  return reduction(weight.map { losses * $0 } ?? losses)
}

/// The same of logits, without taking the logarithm of a small number.
///
/// - Parameters:
///   - logits: of the positive answer.
///   - targets: the share of the positive answer, 0 to 1, of the logits' shape.
///   - weight: broadcasts over the losses: a mask of zeros and ones, say. A mean still divides by all elements.
///   - positiveWeight: how much the positive targets count, broadcast.
///   - reduction: what becomes of the losses.
public func binaryCrossEntropyWithLogits<S: FloatingScalar>(
  _ logits: Tensor<S>, _ targets: Tensor<S>, weight: Tensor<S>? = nil, positiveWeight: Tensor<S>? = nil,
  reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(logits, targets, "binaryCrossEntropyWithLogits")
  var losses: Tensor<S>
  if let positiveWeight {
    let factor = 1 + (positiveWeight - 1) * targets
    losses = (1 - targets) * logits - factor * logSigmoid(logits)
  } else {
    losses = softplus(logits) - targets * logits
  }
  if let weight { losses = losses * weight }
  return reduction(losses)
}

/// Pointwise p (log p - q) of log-probabilities q with probabilities p, or with their logarithms if `targetsAreLogarithms` (PyTorch's
/// `kl_div`). The Kullback-Leibler divergence of a distribution is the sum; divide a sum by the batch for the mean of examples.
public func klDivergence<S: FloatingScalar>(
  _ logProbabilities: Tensor<S>, _ targets: Tensor<S>, targetsAreLogarithms: Bool = false, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(logProbabilities, targets, "klDivergence")
  if targetsAreLogarithms { return reduction(exp(targets) * (targets - logProbabilities)) }
  // 0 log 0 is 0.
  let safe = select(targets .> 0, targets, Tensor<S>(1))
  return reduction(targets * (log(safe) - logProbabilities))
}

/// Stops unless both have one shape: broadcasting would hide a mistake.
func requireSame<S: FloatingScalar>(_ prediction: Tensor<S>, _ target: Tensor<S>, _ name: StaticString) {
  require(
    prediction.shape == target.shape, name,
    "prediction \(prediction.shape), target \(target.shape); broadcasting here would hide a mistake")
}
