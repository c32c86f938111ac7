import CD2LKernels

extension AnyTensor {
  /// Rows in the last dimension, for kernels that walk along one axis.
  private func movedLast(_ axis: Int) -> AnyTensor {
    var order = Array(0..<rank)
    order.append(order.remove(at: axis))
    return transposed(order: order)
  }

  private func movedBack(_ axis: Int) -> AnyTensor {
    var order = Array(0..<rank)
    order.insert(order.removeLast(), at: axis)
    return transposed(order: order)
  }

  /// The first `k` of each line in sorted order (nil: all), with their positions.
  fileprivate func sorted(
    _ k: Int?, axis: Int, descending: Bool, _ name: StaticString
  ) -> (values: AnyTensor, positions: AnyTensor) {
    if rank == 0 { return inserted(axis: 0).sortedScalar() }
    let axis = shape.axis(axis, in: name)
    let size = shape[axis]
    require((k ?? 0) >= 0 && (k ?? 0) <= size, name, "\(k ?? 0) of axis \(axis) of shape \(shape)")
    let lines = detached().movedLast(axis).contiguous()
    let rows = size == 0 ? 0 : lines.count / size
    var target = lines.shape
    target[rank - 1] = k ?? size
    let values = AnyTensor(uninitialized: target, dtype)
    let positions = AnyTensor(uninitialized: target, .int64)
    let index = positions.pointer.assumingMemoryBound(to: Int64.self)
    if target.elementCount > 0 {
      if let k {
        d2l_top_k(
          dtype.kernel, lines.pointer, values.pointer, index, Int64(rows), Int64(size), Int64(k), descending)
      } else {
        d2l_sort(dtype.kernel, lines.pointer, values.pointer, index, Int64(rows), Int64(size), descending)
      }
    }
    let places = positions.movedBack(axis).contiguous()
    // What was picked where is known now: the gradient is that of gathering.
    return (node != nil && isRecording ? gathering(places, axis: axis) : values.movedBack(axis), places)
  }

  private func sortedScalar() -> (values: AnyTensor, positions: AnyTensor) {
    (reshapedView([]), AnyTensor(repeating: 0, shape: [], dtype: .int64))
  }
}

extension Tensor where Scalar: NumericScalar {
  /// The elements of each line along an axis in order, with the positions they came from. Stable; NaN last. The values are
  /// differentiable.
  public func sorted(axis: Int = -1, descending: Bool = false) -> (values: Tensor, indices: Tensor<Int64>) {
    let parts = erased.sorted(nil, axis: axis, descending: descending, "sorted")
    return (Tensor(parts.values), Tensor<Int64>(parts.positions))
  }

  /// The positions that would sort each line along an axis. Stable; NaN last.
  public func argsort(axis: Int = -1, descending: Bool = false) -> Tensor<Int64> {
    Tensor<Int64>(erased.detached().sorted(nil, axis: axis, descending: descending, "argsort").positions)
  }

  /// The `k` largest (or smallest) elements of each line along an axis, in order, with their positions. The values are differentiable.
  public func topK(_ k: Int, axis: Int = -1, largest: Bool = true) -> (values: Tensor, indices: Tensor<Int64>) {
    let parts = erased.sorted(k, axis: axis, descending: largest, "topK")
    return (Tensor(parts.values), Tensor<Int64>(parts.positions))
  }

  /// The different elements in ascending order; for each element of this array the number of its like among them, in this
  /// array's shape; and how often each occurs. NaN is unlike NaN.
  public func unique() -> (values: Tensor, inverse: Tensor<Int64>, counts: Tensor<Int64>) {
    let order = flattened().sorted(axis: 0)
    var inverse = [Int64](repeating: 0, count: count)
    var values: [Scalar] = []
    var counts: [Int64] = []
    for (value, place) in zip(order.values.values, order.indices.values) {
      if value != values.last {
        values.append(value)
        counts.append(0)
      }
      counts[counts.count - 1] += 1
      inverse[Int(place)] = Int64(values.count - 1)
    }
    return (Tensor(values), Tensor<Int64>(shape: shape, values: inverse), Tensor<Int64>(counts))
  }
}

extension Tensor where Scalar == Int64 {
  /// How often 0, 1, … occur; at least `minimumCount` numbers. Negative elements are not allowed.
  public func binCount(minimumCount: Int = 0) -> Tensor<Int64> {
    if count == 0 { return Tensor(zeros: [minimumCount]) }
    let (least, most) = (min().item(), max().item())
    require(least >= 0, "binCount", "the negative number \(least)")
    var counts = [Int64](repeating: 0, count: Swift.max(minimumCount, Int(most) + 1))
    withUnsafeBufferPointer { values in
      for value in values { counts[Int(value)] += 1 }
    }
    return Tensor(counts)
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// How many elements fall into each of `bins` equal parts of a range, the last part including its end. Elements outside and
  /// NaN are not counted.
  public func histogram(bins: Int, range: ClosedRange<Scalar>) -> (counts: Tensor<Int64>, edges: Tensor) {
    require(bins > 0 && range.lowerBound < range.upperBound, "histogram", "\(bins) bins over \(range)")
    let edges = Tensor(linearSpaceFrom: range.lowerBound, to: range.upperBound, count: bins + 1)
    let (low, width) = (range.lowerBound.asDouble, range.upperBound.asDouble - range.lowerBound.asDouble)
    var counts = [Int64](repeating: 0, count: bins)
    withUnsafeBufferPointer { values in
      for value in values where range.contains(value) {
        let bin = Int((value.asDouble - low) / width * Double(bins))
        counts[Swift.min(bin, bins - 1)] += 1
      }
    }
    return (Tensor<Int64>(counts), edges)
  }
}
