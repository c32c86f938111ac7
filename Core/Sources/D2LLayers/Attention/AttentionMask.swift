import D2LTensor

/// Which keys a query may attend to. What several parts allow is what all of them allow.
public struct AttentionMask: Sendable {
  /// How many keys, from the first on, are valid: `[batch]`, or for each query `[batch, queries]`.
  public var lengths: Tensor<Int64>?
  /// True where a key may be attended to: `[queries, keys]`, `[batch, queries, keys]` or `[batch, heads, queries, keys]`; sizes may be 1.
  public var allowed: Tensor<Bool>?
  /// Whether a query sees only keys up to its own position. With fewer queries than keys the last query stands at the last key.
  public var isCausal: Bool

  /// A mask of the parts given.
  public init(lengths: Tensor<Int64>? = nil, allowed: Tensor<Bool>? = nil, isCausal: Bool = false) {
    self.lengths = lengths
    self.allowed = allowed
    self.isCausal = isCausal
  }

  /// The first keys of each example: `[batch]` or `[batch, queries]`.
  public static func lengths(_ lengths: Tensor<Int64>?) -> AttentionMask { AttentionMask(lengths: lengths) }
  /// Any choice, true where attention is allowed.
  public static func allowed(_ allowed: Tensor<Bool>) -> AttentionMask { AttentionMask(allowed: allowed) }
  /// No key behind the query.
  public static var causal: AttentionMask { AttentionMask(isCausal: true) }

  /// True where attention is allowed, in a shape that broadcasts with scores `[batch, heads, queries, keys]`; nil if it is everywhere.
  func table(batch: Int, queries: Int, keys: Int) -> Tensor<Bool>? {
    var table = positions(batch: batch, queries: queries, keys: keys)
    guard let allowed else { return table }
    var choice = allowed
    switch allowed.rank {
    case 2: choice = allowed.reshaped([1, 1, allowed.shape[0], allowed.shape[1]])
    case 3: choice = allowed.reshaped([allowed.shape[0], 1, allowed.shape[1], allowed.shape[2]])
    case 4: break
    default: fail("attention", "a mask of shape \(allowed.shape)")
    }
    table = table.map { $0 .&& choice } ?? choice
    return table
  }

  /// The parts that are given by positions.
  private func positions(batch: Int, queries: Int, keys: Int) -> Tensor<Bool>? {
    guard lengths != nil || isCausal else { return nil }
    var (examples, rows) = (1, isCausal ? queries : 1)
    let ends = lengths?.values
    if let lengths {
      require(
        lengths.shape == [batch] || lengths.shape == [batch, queries], "attention",
        "lengths \(lengths.shape) for a batch of \(batch) with \(queries) queries")
      examples = batch
      if lengths.rank == 2 { rows = queries }
    }
    let hasOwnEnds = lengths?.rank == 2
    return Tensor(shape: [examples, 1, rows, keys]) { table in
      for example in 0..<examples {
        for row in 0..<rows {
          var end = ends.map { Int($0[hasOwnEnds ? example * rows + row : example]) } ?? keys
          if isCausal { end = min(end, keys - queries + row + 1) }
          let start = (example * rows + row) * keys
          for key in 0..<keys { table[start + key] = key < end }
        }
      }
    }
  }
}

/// Softmax over the last axis of scores `[batch, queries, keys]` or `[batch, heads, queries, keys]` with what the mask forbids left out
/// (book 10.3). As in the book forbidden scores become -10⁶: their weights are exactly 0, but where all keys are forbidden they are equal.
public func maskedSoftmax(_ scores: Tensor<Float>, mask: AttentionMask? = nil) -> Tensor<Float> {
  require(
    scores.rank == 3 || scores.rank == 4, "maskedSoftmax",
    "scores \(scores.shape) are not [batch, queries, keys] or [batch, heads, queries, keys]")
  let (batch, queries, keys) = (scores.shape[0], scores.shape[scores.rank - 2], scores.shape[scores.rank - 1])
  guard var table = mask?.table(batch: batch, queries: queries, keys: keys) else { return scores.softmax() }
  if scores.rank == 3 {
    require(table.shape[1] == 1, "maskedSoftmax", "a mask with heads \(table.shape) for scores \(scores.shape)")
    table = table.squeezed(axis: 1)
  }
  return select(table, scores, Tensor(-1e6)).softmax()
}
