import CD2LKernels

/// A row of `weight` `[count, width]` for each of `ids` `[…]`: `[…, width]`.
///
/// The gradient adds up where an id comes twice; the row `padding` gets none.
public func embedding<S: FloatingScalar>(
  _ ids: Tensor<Int64>, weight: Tensor<S>, padding: Int? = nil
) -> Tensor<S> {
  require(weight.rank == 2, "embedding", "a table of shape \(weight.shape); it takes [count, width]")
  return Tensor(weight.erased.rows(ids.erased, padding: padding))
}

extension AnyTensor {
  fileprivate func rows(_ ids: AnyTensor, padding: Int?) -> AnyTensor {
    let (rows, width) = (shape[0], shape[1])
    AnyTensor.check(ids, below: rows, "embedding")
    var target = ids.shape
    target.append(width)
    let (table, index) = (contiguous().detached(), ids.contiguous().detached())
    let result = AnyTensor(uninitialized: target, dtype)
    d2l_take(
      dtype.kernel, table.pointer, index.pointer.assumingMemoryBound(to: Int64.self), result.pointer, 1, Int64(rows),
      Int64(width), Int64(index.count))
    let dtype = dtype
    return result.recorded("embedding", self) { gradient, node in
      requireFirstOrder("embedding")
      let g = gradient.contiguous()
      let share = AnyTensor(repeating: 0, shape: [rows, width], dtype: dtype)
      d2l_take_add(
        dtype.kernel, g.pointer, index.pointer.assumingMemoryBound(to: Int64.self), share.pointer, 1, Int64(rows),
        Int64(width), Int64(index.count))
      if let padding {
        d2l_fill(dtype.kernel, share.pointer + padding * width * dtype.byteWidth, 0, Int64(width))
      }
      node.send(share, to: 0)
    }
  }
}
