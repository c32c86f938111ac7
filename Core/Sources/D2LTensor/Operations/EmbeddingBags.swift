import CD2LKernels

/// What becomes of the rows in a bag.
public enum BagReduction: Sendable, Hashable {
  /// They are added up.
  case sum
  /// They are averaged.
  case mean
  /// The largest number of each column.
  case max

  fileprivate var kernel: d2l_bag_mode {
    switch self {
    case .sum: D2L_BAG_SUM
    case .mean: D2L_BAG_MEAN
    case .max: D2L_BAG_MAX
    }
  }
}

/// Rows of `weight` `[count, width]` gathered in bags: `[bags, width]`. Empty bags give zeros.
///
/// - Parameters:
///   - ids: the rows of all bags, one bag after the other: `[ids]`.
///   - starts: where each bag begins, not decreasing, the first at 0: `[bags]`.
///   - weight: the table, `[count, width]`.
///   - reduction: what becomes of the rows in a bag.
///   - factors: what each id's row is multiplied with, `[ids]`; sums only.
///   - padding: an id that counts nothing.
public func embeddingBag<S: FloatingScalar>(
  _ ids: Tensor<Int64>, starts: Tensor<Int64>, weight: Tensor<S>, reduction: BagReduction = .mean,
  factors: Tensor<S>? = nil, padding: Int? = nil
) -> Tensor<S> {
  require(
    ids.rank == 1 && starts.rank == 1 && weight.rank == 2, "embeddingBag",
    "ids \(ids.shape), starts \(starts.shape), table \(weight.shape)")
  require(
    factors == nil || reduction == .sum && factors?.shape == ids.shape, "embeddingBag",
    "factors \(factors?.shape ?? []) for ids \(ids.shape); they go with sums only")
  AnyTensor.check(ids.erased, below: weight.shape[0], "embeddingBag")
  var bounds = starts.values
  bounds.append(Int64(ids.count))
  let isSorted = zip(bounds, bounds.dropFirst()).allSatisfy { $0 <= $1 }
  require(
    bounds[0] == 0 && isSorted, "embeddingBag",
    "starts \(starts.values) of \(ids.count) ids; they begin at 0 and do not decrease")
  return Tensor(
    weight.erased.bagged(
      ids.erased, bounds: Tensor(bounds).erased, reduction, factors: factors?.erased, padding: padding))
}

extension AnyTensor {
  fileprivate func bagged(
    _ ids: AnyTensor, bounds: AnyTensor, _ reduction: BagReduction, factors: AnyTensor?, padding: Int?
  ) -> AnyTensor {
    let (rows, width, bags, dtype) = (shape[0], shape[1], bounds.count - 1, dtype)
    let (table, index) = (contiguous().detached(), ids.contiguous().detached())
    let weights = factors?.contiguous().detached()
    let result = AnyTensor(uninitialized: [bags, width], dtype)
    let chosen = reduction == .max ? AnyTensor(uninitialized: [bags, width], .int64) : nil
    // Called while `index` and `bounds` are alive: the struct borrows their memory.
    let sizes = {
      d2l_bags(
        ids: index.pointer.assumingMemoryBound(to: Int64.self),
        starts: bounds.pointer.assumingMemoryBound(to: Int64.self),
        bags: Int64(bags), width: Int64(width), padding: Int64(padding ?? -1), mode: reduction.kernel)
    }
    var forward = sizes()
    d2l_embedding_bag(
      dtype.kernel, &forward, table.pointer, weights?.pointer, result.pointer,
      chosen?.pointer.assumingMemoryBound(to: Int64.self))
    return result.recorded("embeddingBag", inputs: [self] + [factors].compactMap { $0 }) { gradient, node in
      requireFirstOrder("embeddingBag")
      var backward = sizes()
      let g = gradient.contiguous()
      if node.needs(0) {
        let share = AnyTensor(repeating: 0, shape: [rows, width], dtype: dtype)
        if let chosen {
          d2l_embedding_bag_max_gradient(
            dtype.kernel, &backward, g.pointer, chosen.pointer.assumingMemoryBound(to: Int64.self), share.pointer)
        } else {
          let each = AnyTensor(uninitialized: [index.count, width], dtype)
          d2l_embedding_bag_gradient(dtype.kernel, &backward, g.pointer, weights?.pointer, each.pointer)
          d2l_take_add(
            dtype.kernel, each.pointer, index.pointer.assumingMemoryBound(to: Int64.self), share.pointer, 1,
            Int64(rows),
            Int64(width), Int64(index.count))
        }
        node.send(share, to: 0)
      }
      if let weights, node.needs(1) {
        let share = AnyTensor(uninitialized: weights.shape, dtype)
        d2l_embedding_bag_weight_gradient(dtype.kernel, &backward, g.pointer, table.pointer, share.pointer)
        node.send(share, to: 1)
      }
    }
  }
}
