import CD2LKernels

/// A row of `weight` `[count, width]` for each of `ids` `[…]`: `[…, width]`.
///
/// The gradient adds up where an id comes twice; the row `padding` gets none. With `sparse`, a table that is a leaf gathers the gradient of the
/// rows that were read and no others: see ``Parameter/sparseGradient``.
public func embedding<S: FloatingScalar>(
  _ ids: Tensor<Int64>, weight: Tensor<S>, padding: Int? = nil, sparse: Bool = false
) -> Tensor<S> {
  require(weight.rank == 2, "embedding", "a table of shape \(weight.shape); it takes [count, width]")
  return Tensor(weight.erased.rows(ids.erased, padding: padding, sparse: sparse))
}

extension AnyTensor {
  fileprivate func rows(_ ids: AnyTensor, padding: Int?, sparse: Bool) -> AnyTensor {
    let (rows, width) = (shape[0], shape[1])
    AnyTensor.check(ids, below: rows, "embedding")
    var target = ids.shape
    target.append(width)
    let (table, index) = (contiguous().detached(), ids.contiguous().detached())
    let result = AnyTensor(uninitialized: target, dtype)
    d2l_take(
      dtype.kernel, table.pointer, index.pointer.assumingMemoryBound(to: Int64.self), result.pointer, 1, Int64(rows),
      Int64(width), Int64(index.count))
    return result.recorded("embedding", self) { gradient, node in
      if sparse, !isRecording, let leaf = node.input(0), leaf.isLeaf {
        let share = RowShare(ids: index.reshaped([index.count]), values: gradient.reshaped([index.count, width]))
        leaf.accumulate(share.leavingOut(padding))
      } else {
        node.send(gradient.addedRows(at: index, into: rows, padding: padding), to: 0)
      }
    }
  }

  /// The adjoint of ``rows(_:padding:sparse:)``: this array's rows added up where the ids point, in a table of `count` rows.
  private func addedRows(at index: AnyTensor, into count: Int, padding: Int?) -> AnyTensor {
    let g = contiguous()
    let width = shape[rank - 1]
    let result = AnyTensor(repeating: 0, shape: [count, width], dtype: dtype)
    d2l_take_add(
      dtype.kernel, g.pointer, index.pointer.assumingMemoryBound(to: Int64.self), result.pointer, 1, Int64(count),
      Int64(width), Int64(index.count))
    if let padding {
      d2l_fill(dtype.kernel, result.pointer + padding * width * dtype.byteWidth, 0, Int64(width))
    }
    return result.recorded("embedding", self) { second, node in
      var table = second
      if let padding { table.assign(AnyTensor(repeating: 0, shape: [], dtype: table.dtype), at: [padding]) }
      node.send(table.rows(index, padding: nil, sparse: false), to: 0)
    }
  }
}

extension RowShare {
  /// The same shares without those of one row.
  fileprivate func leavingOut(_ row: Int?) -> RowShare {
    guard let row else { return self }
    let kept = Tensor<Int64>(ids).values.enumerated().filter { $0.element != Int64(row) }.map { Int64($0.offset) }
    if kept.count == ids.count { return self }
    let places = Tensor<Int64>(kept).erased
    return RowShare(ids: ids.taking(places, axis: 0), values: values.taking(places, axis: 0))
  }
}
