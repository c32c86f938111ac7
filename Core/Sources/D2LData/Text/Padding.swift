import D2LTensor

extension Array {
  /// Exactly `count` elements: the first ones, or all with `padding` behind them (book 9.5).
  public func truncatedOrPadded(to count: Int, with padding: Element) -> [Element] {
    require(count >= 0, "truncatedOrPadded", "to \(count) elements")
    return self.count >= count
      ? Array(prefix(count)) : self + Array(repeating: padding, count: count - self.count)
  }
}

/// Sequences of different lengths in one array.
public struct PaddedBatch: Sendable, Equatable {
  /// Token numbers, `[batch, steps]`, with padding behind the end of each sequence.
  public let tokens: Tensor<Int64>
  /// How many of each row's tokens are not padding, `[batch]`.
  public let lengths: Tensor<Int64>

  /// The sequences as rows of `steps` tokens, or of as many as the longest has; longer ones are cut.
  public init(_ sequences: [[Int]], padding: Int, steps: Int? = nil) {
    let steps = steps ?? sequences.map(\.count).max() ?? 0
    let rows = sequences.map { $0.truncatedOrPadded(to: steps, with: padding) }
    tokens = Tensor(shape: [sequences.count, steps], values: rows.joined().map { Int64($0) })
    lengths = Tensor(sequences.map { Int64(Swift.min($0.count, steps)) })
  }
}
