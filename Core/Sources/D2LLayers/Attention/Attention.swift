import D2LTensor

/// Scaled dot-product attention softmax(Q Kᵀ / √width) V (Vaswani et al., 2017; book 10.3).
///
/// Queries `[…, queries, width]`, keys `[…, keys, width]`, values `[…, keys, size]`, where … is the batch or batch and heads; the output
/// is `[…, queries, size]`, the weights `[…, queries, keys]`. `dropout` is the probability for the weights.
public func dotProductAttention(
  queries: Tensor<Float>, keys: Tensor<Float>, values: Tensor<Float>, mask: AttentionMask? = nil, dropout: Double = 0
) -> (output: Tensor<Float>, weights: Tensor<Float>) {
  let rank = queries.rank
  require(
    (rank == 3 || rank == 4) && keys.rank == rank && values.rank == rank
      && queries.shape[rank - 1] == keys.shape[rank - 1] && keys.shape[rank - 2] == values.shape[rank - 2],
    "dotProductAttention", "queries \(queries.shape), keys \(keys.shape), values \(values.shape)")
  let scale = 1 / Float(queries.shape[rank - 1]).squareRoot()
  let scores = (queries * scale).matmul(keys.transposed())
  let weights = maskedSoftmax(scores, mask: mask)
  let used =
    dropout > 0 ? weights.droppedOut(probability: dropout, using: &RandomSource.current.generator) : weights
  return (used.matmul(values), weights)
}

/// ``dotProductAttention(queries:keys:values:mask:dropout:)`` as a layer, with dropout on the weights in training (book 10.3).
public final class DotProductAttention: ModeDependent {
  /// The probability of dropping a weight.
  public let dropout: Double
  /// Whether it behaves as in training.
  public var isTraining = true

  /// A layer with the given dropout.
  public init(dropout: Double = 0) {
    require(0...1 ~= dropout, "DotProductAttention", "a dropout probability of \(dropout)")
    self.dropout = dropout
  }

  /// Queries `[batch, queries, width]`, keys `[batch, keys, width]` and values `[batch, keys, size]` to `[batch, queries, size]` and the
  /// weights `[batch, queries, keys]`.
  public func callAsFunction(
    queries: Tensor<Float>, keys: Tensor<Float>, values: Tensor<Float>, mask: AttentionMask? = nil
  ) -> (output: Tensor<Float>, weights: Tensor<Float>) {
    dotProductAttention(
      queries: queries, keys: keys, values: values, mask: mask, dropout: isTraining ? dropout : 0)
  }
}

/// Additive attention: scores w · tanh(W_q q + W_k k) (Bahdanau et al., 2014; book 10.3).
///
/// Parameters, none with a bias: `W_q.weight` `[hidden, query width]`, `W_k.weight` `[hidden, key width]`, `w_v.weight` `[1, hidden]`.
public final class AdditiveAttention: ModeDependent {
  @Key("W_q") private var queryMap: Linear
  @Key("W_k") private var keyMap: Linear
  @Key("w_v") private var scoreMap: Linear
  /// The probability of dropping a weight.
  public let dropout: Double
  /// Whether it behaves as in training.
  public var isTraining = true

  /// Maps queries and keys of the given widths to `hidden` units.
  public init(queryWidth: Int, keyWidth: Int, hidden: Int, dropout: Double = 0) {
    require(0...1 ~= dropout, "AdditiveAttention", "a dropout probability of \(dropout)")
    self.dropout = dropout
    queryMap = Linear(queryWidth, hidden, bias: false)
    keyMap = Linear(keyWidth, hidden, bias: false)
    scoreMap = Linear(hidden, 1, bias: false)
  }

  /// What ``callAsFunction(queries:projectedKeys:values:mask:)`` takes for keys `[batch, keys, key width]`: their projections, worth keeping where
  /// many queries come one by one.
  public func projected(keys: Tensor<Float>) -> Tensor<Float> { keyMap(keys) }

  /// Queries `[batch, queries, query width]`, keys `[batch, keys, key width]` and values `[batch, keys, size]` to `[batch, queries, size]` and the
  /// weights `[batch, queries, keys]`.
  public func callAsFunction(
    queries: Tensor<Float>, keys: Tensor<Float>, values: Tensor<Float>, mask: AttentionMask? = nil
  ) -> (output: Tensor<Float>, weights: Tensor<Float>) {
    self(queries: queries, projectedKeys: projected(keys: keys), values: values, mask: mask)
  }

  /// The same with keys that went through ``projected(keys:)`` before.
  public func callAsFunction(
    queries: Tensor<Float>, projectedKeys: Tensor<Float>, values: Tensor<Float>, mask: AttentionMask? = nil
  ) -> (output: Tensor<Float>, weights: Tensor<Float>) {
    let features = tanh(queryMap(queries).unsqueezed(axis: 2) + projectedKeys.unsqueezed(axis: 1))
    let scores = scoreMap(features).squeezed(axis: 3)  // [batch, queries, keys]
    let weights = maskedSoftmax(scores, mask: mask)
    let used =
      isTraining && dropout > 0
      ? weights.droppedOut(probability: dropout, using: &RandomSource.current.generator) : weights
    return (used.matmul(values), weights)
  }
}
