import CD2LKernels

/// The gradient of a table of which a backward pass has reached some rows only: those rows, all others being zero.
public struct SparseGradient: Sendable {
  /// The rows, each once, in ascending order: `[rows]`.
  public let rows: Tensor<Int64>
  /// Their gradients, `[rows, width]`.
  public let values: Tensor<Float>
}

/// Shares of a table's gradient by row, the same row perhaps several times.
struct RowShare {
  /// `[n]`, int64.
  let ids: AnyTensor
  /// `[n, width]`.
  let values: AnyTensor
  /// Whether each row is there once, in ascending order.
  private(set) var isMerged = false

  init(ids: AnyTensor, values: AnyTensor) {
    self.ids = ids
    self.values = values
  }

  /// The shares of both, one behind the other.
  func appending(_ other: RowShare) -> RowShare {
    RowShare(
      ids: AnyTensor.concatenated([ids, other.ids], axis: 0),
      values: AnyTensor.concatenated([values, other.values], axis: 0))
  }

  /// The same gradient with each row once, in ascending order.
  func merged() -> RowShare {
    if isMerged { return self }
    let (rows, places, _) = Tensor<Int64>(ids).unique()
    var result = RowShare(ids: rows.erased, values: RowShare.sum(values, at: places.erased, rows: rows.count))
    result.isMerged = true
    return result
  }

  /// The same gradient as a whole table of `rows` rows.
  func spread(rows: Int) -> AnyTensor { RowShare.sum(values, at: ids, rows: rows) }

  /// The values with those of each row added up: `[rows, width]`.
  private static func sum(_ values: AnyTensor, at ids: AnyTensor, rows: Int) -> AnyTensor {
    let (values, ids) = (values.contiguous(), ids.contiguous())
    let width = values.shape[1]
    let result = AnyTensor(repeating: 0, shape: [rows, width], dtype: values.dtype)
    d2l_take_add(
      values.dtype.kernel, values.pointer, ids.pointer.assumingMemoryBound(to: Int64.self), result.pointer, 1,
      Int64(rows), Int64(width), Int64(ids.count))
    return result
  }
}

extension Node {
  /// Adds shares of some rows to the gradient of this leaf.
  func accumulate(_ share: RowShare) { rows = rows?.appending(share) ?? share }

  /// All that was gathered, as an array of the leaf's shape; nil if nothing was.
  var wholeGradient: AnyTensor? {
    guard let rows else { return gradient }
    let spread = rows.spread(rows: shape[0])
    return withoutGradient { gradient.map { $0 + spread } ?? spread }
  }

  /// Forgets what was gathered.
  func clearGradient() {
    gradient = nil
    rows = nil
  }
}
