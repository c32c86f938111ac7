import D2LTensor

/// |prediction - target| (PyTorch's L1 loss).
public func meanAbsoluteError<S: FloatingScalar>(
  _ prediction: Tensor<S>, _ target: Tensor<S>, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(prediction, target, "meanAbsoluteError")
  return reduction(abs(prediction - target))
}

/// d² / (2 beta) for |d| < beta, |d| - beta / 2 elsewhere, of d = prediction - target (Girshick, 2015; book 13.7).
public func smoothL1<S: FloatingScalar>(
  _ prediction: Tensor<S>, _ target: Tensor<S>, beta: S = 1, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(prediction, target, "smoothL1")
  require(beta >= 0, "smoothL1", "a beta of \(beta)")
  let distance = abs(prediction - target)
  if beta == 0 { return reduction(distance) }
  let near = distance.clipped(from: 0, to: beta)
  return reduction(square(near) / (2 * beta) + (distance - near))
}

/// d² / 2 for |d| < delta, delta (|d| - delta / 2) elsewhere, of d = prediction - target (Huber, 1964).
public func huber<S: FloatingScalar>(
  _ prediction: Tensor<S>, _ target: Tensor<S>, delta: S = 1, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(prediction, target, "huber")
  require(delta > 0, "huber", "a delta of \(delta)")
  let distance = abs(prediction - target)
  let near = distance.clipped(from: 0, to: delta)
  return reduction(square(near) / 2 + (distance - near) * delta)
}

/// max(0, margin - target · prediction) with targets -1 and 1 (support vector machines).
public func hinge<S: FloatingScalar>(
  _ prediction: Tensor<S>, _ target: Tensor<S>, margin: S = 1, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(prediction, target, "hinge")
  return reduction(relu(margin - target * prediction))
}

/// max(0, margin - (positive - negative)): the positive item's score is to exceed the negative one's by the margin (book 16.5).
public func rankingHinge<S: FloatingScalar>(
  positive: Tensor<S>, negative: Tensor<S>, margin: S = 1, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(positive, negative, "rankingHinge")
  return reduction(relu(margin - (positive - negative)))
}

/// Bayesian personalised ranking, -log sigmoid(positive - negative) (Rendle et al., 2009; book 16.5).
public func bayesianPersonalizedRanking<S: FloatingScalar>(
  positive: Tensor<S>, negative: Tensor<S>, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(positive, negative, "bayesianPersonalizedRanking")
  return reduction(softplus(negative - positive))
}

/// 1 - cos(x, y) for targets 1, max(0, cos(x, y) - margin) for targets -1: x and y `[batch, width]`, targets `[batch]`.
public func cosineEmbedding<S: FloatingScalar>(
  _ x: Tensor<S>, _ y: Tensor<S>, _ target: Tensor<S>, margin: S = 0, reduction: Reduction = .mean
) -> Tensor<S> {
  requireSame(x, y, "cosineEmbedding")
  require(x.rank == 2 && target.shape == [x.shape[0]], "cosineEmbedding", "inputs \(x.shape), targets \(target.shape)")
  // PyTorch's guard against zero vectors.
  let epsilon = S(fromDouble: 1e-12)
  let lengths = sqrt(((square(x).sum(axis: 1)) + epsilon) * (square(y).sum(axis: 1) + epsilon))
  let cosine = (x * y).sum(axis: 1) / lengths
  return reduction(select(target .> 0, 1 - cosine, relu(cosine - margin)))
}
