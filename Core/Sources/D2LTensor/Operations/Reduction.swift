import CD2LKernels

extension AnyTensor {
  /// The array as [outer, count, inner] with the given axes in the middle, and the shapes of the result.
  private struct Reducible {
    let source: AnyTensor
    let outer: Int
    let count: Int
    let inner: Int
    /// The result's shape with reduced dimensions kept as 1, and without them.
    let kept: Shape
    let squeezed: Shape
  }

  private func reducible(_ axes: [Int]?, _ name: StaticString) -> Reducible {
    guard let axes else {
      return Reducible(
        source: contiguous().detached(), outer: 1, count: count, inner: 1, kept: Shape(repeating: 1, count: rank),
        squeezed: [])
    }
    var isReduced = [Bool](repeating: false, count: rank)
    for axis in axes {
      let index = shape.axis(axis, in: name)
      require(!isReduced[index], name, "axis \(axis) is given twice")
      isReduced[index] = true
    }
    var kept = shape
    var squeezed: Shape = []
    for index in 0..<rank {
      if isReduced[index] { kept[index] = 1 } else { squeezed.append(shape[index]) }
    }
    // Reduced dimensions that are neighbours need no move; otherwise they go to the end.
    let first = isReduced.firstIndex(of: true) ?? rank
    let last = isReduced.lastIndex(of: true) ?? rank - 1
    if first <= last && !isReduced[first...last].contains(false) || axes.isEmpty {
      let outer = shape[..<first].reduce(1, *)
      let middle = axes.isEmpty ? 1 : shape[first...last].reduce(1, *)
      let inner = axes.isEmpty ? 1 : shape[(last + 1)...].reduce(1, *)
      return Reducible(
        source: contiguous().detached(), outer: outer, count: middle, inner: inner, kept: kept, squeezed: squeezed)
    }
    let order = (0..<rank).filter { !isReduced[$0] } + (0..<rank).filter { isReduced[$0] }
    let moved = detached().transposed(order: order).contiguous()
    let middle = zip(shape, isReduced).reduce(1) { $1.1 ? $0 * $1.0 : $0 }
    return Reducible(
      source: moved, outer: squeezed.elementCount, count: middle, inner: 1, kept: kept, squeezed: squeezed)
  }

  /// One of the kernels' reductions, not recorded; `axes` nil reduces everything.
  func reduced(
    _ op: d2l_reduce_op, axes: [Int]?, keepingDimensions: Bool, type: DType? = nil, _ name: StaticString
  ) -> AnyTensor {
    let parts = reducible(axes, name)
    if parts.count == 0 && [D2L_REDUCE_MAX, D2L_REDUCE_MIN, D2L_ARG_MAX, D2L_ARG_MIN].contains(op) {
      fail(name, "nothing to choose from: shape \(shape)")
    }
    let source = parts.source
    let result = AnyTensor(uninitialized: keepingDimensions ? parts.kept : parts.squeezed, type ?? dtype)
    d2l_reduce(
      dtype.kernel, op, source.pointer, result.pointer, Int64(parts.outer), Int64(parts.count), Int64(parts.inner))
    return result
  }

  /// The shape that a reduction over `axes` leaves when reduced dimensions are kept as 1.
  func keptShape(_ axes: [Int]?, _ name: StaticString) -> Shape {
    guard let axes else { return Shape(repeating: 1, count: rank) }
    var kept = shape
    for axis in axes { kept[shape.axis(axis, in: name)] = 1 }
    return kept
  }

  func sum(axes: [Int]? = nil, keepingDimensions: Bool = false) -> AnyTensor {
    let result = reduced(D2L_SUM, axes: axes, keepingDimensions: keepingDimensions, "sum")
    guard node != nil, isRecording else { return result }
    let (kept, whole) = (keptShape(axes, "sum"), shape)
    return result.recorded("sum", self) { gradient, node in
      node.send(gradient.reshaped(kept).expanded(to: whole), to: 0)
    }
  }

  func mean(axes: [Int]? = nil, keepingDimensions: Bool = false) -> AnyTensor {
    let total = sum(axes: axes, keepingDimensions: keepingDimensions)
    let divisor = Double(count) / Double(Swift.max(total.count, 1))
    return total.divided(by: divisor)
  }

  /// Sum of squared deviations from the mean divided by (count - correction).
  func variance(axes: [Int]?, correction: Double, keepingDimensions: Bool) -> AnyTensor {
    let parts = reducible(axes, "variance")
    let (kept, source) = (parts.kept, parts.source)
    let shape = keepingDimensions ? kept : parts.squeezed
    let mean = AnyTensor(uninitialized: kept, dtype)
    let result = AnyTensor(uninitialized: shape, dtype)
    d2l_mean_variance(
      dtype.kernel, source.pointer, mean.pointer, result.pointer, Int64(parts.outer), Int64(parts.count),
      Int64(parts.inner), correction)
    let x = detached()
    let divisor = Double(parts.count) - correction
    return result.recorded("variance", self) { gradient, node in
      let x = x.asInput(0, of: node)
      let center = isRecording ? x.mean(axes: axes, keepingDimensions: true) : mean
      node.send((x - center).scaled(by: 2 / divisor) * gradient.reshaped(kept), to: 0)
    }
  }

  /// Largest or smallest; equal ones share the gradient.
  func extremum(_ op: d2l_reduce_op, axes: [Int]?, keepingDimensions: Bool, _ name: StaticString) -> AnyTensor {
    let result = reduced(op, axes: axes, keepingDimensions: keepingDimensions, name)
    guard node != nil, isRecording else { return result }
    let (x, y, kept) = (detached(), result, keptShape(axes, name))
    return result.recorded(name, self) { gradient, node in
      let mask = x.binary(D2L_EQ, y.reshaped(kept), name).converted(to: x.dtype)
      let shares = mask / mask.sum(axes: axes, keepingDimensions: true)
      node.send(shares * gradient.reshaped(kept), to: 0)
    }
  }

  /// The product. The gradient divides nothing, so zeros are served: it multiplies the products before and after each element.
  func product(axis: Int?, keepingDimensions: Bool) -> AnyTensor {
    let result = reduced(D2L_PROD, axes: axis.map { [$0] }, keepingDimensions: keepingDimensions, "product")
    guard node != nil, isRecording else { return result }
    let (kept, whole) = (keptShape(axis.map { [$0] }, "product"), shape)
    let line = axis == nil ? contiguous().detached().reshaped([count]) : detached()
    let along = axis.map { whole.axis($0, in: "product") } ?? 0
    return result.recorded("product", self) { gradient, node in
      requireFirstOrder("product")
      let others = line.productOfOthers(axis: along).reshaped(whole)
      node.send(others * gradient.reshaped(kept), to: 0)
    }
  }

  /// For each element the product of all others along the axis.
  private func productOfOthers(axis: Int) -> AnyTensor {
    let size = shape[axis]
    let ones = AnyTensor(repeating: 1, shape: sizedOne(axis), dtype: dtype)
    var before: [AnyTensor] = []
    var after: [AnyTensor] = []
    var (left, right) = (ones, ones)
    for index in 0..<size {
      before.append(left)
      after.append(right)
      left = left * sliced(axis: axis, from: index, count: 1)
      right = right * sliced(axis: axis, from: size - 1 - index, count: 1)
    }
    if size == 0 { return self }
    return AnyTensor.concatenated(before, axis: axis) * AnyTensor.concatenated(after.reversed(), axis: axis)
  }

  private func sizedOne(_ axis: Int) -> Shape {
    var result = shape
    result[axis] = 1
    return result
  }

  func logSumExp(axes: [Int]?, keepingDimensions: Bool) -> AnyTensor {
    let result = reduced(D2L_LOG_SUM_EXP, axes: axes, keepingDimensions: keepingDimensions, "logSumExp")
    guard node != nil, isRecording else { return result }
    let (x, y, kept) = (detached(), result, keptShape(axes, "logSumExp"))
    return result.recorded("logSumExp", self) { gradient, node in
      let weights = (x.asInput(0, of: node) - y.asOutput(of: node).reshaped(kept)).unary(D2L_EXP, "exp")
      node.send(weights * gradient.reshaped(kept), to: 0)
    }
  }

  func cumulativeSum(axis: Int, reversed: Bool = false) -> AnyTensor {
    let index = shape.axis(axis, in: "cumulativeSum")
    let source = contiguous().detached()
    let result = AnyTensor(uninitialized: shape, dtype)
    d2l_cumulative_sum(
      dtype.kernel, source.pointer, result.pointer, Int64(shape[..<index].reduce(1, *)), Int64(shape[index]),
      Int64(shape[(index + 1)...].reduce(1, *)), reversed)
    return result.recorded("cumulativeSum", self) { gradient, node in
      node.send(gradient.cumulativeSum(axis: index, reversed: !reversed), to: 0)
    }
  }
}

// MARK: - Public

extension Tensor where Scalar: NumericScalar {
  /// The sum of all elements, of rank 0.
  public func sum() -> Tensor { Tensor(erased.sum()) }
  /// Sums along an axis (negative ones count from the last).
  public func sum(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.sum(axes: [axis], keepingDimensions: keepingDimensions))
  }
  /// Sums along several axes.
  public func sum(axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.sum(axes: axes, keepingDimensions: keepingDimensions))
  }
  /// Running sums along an axis.
  public func cumulativeSum(axis: Int) -> Tensor { Tensor(erased.cumulativeSum(axis: axis)) }

  /// The product of all elements.
  public func product() -> Tensor { Tensor(erased.product(axis: nil, keepingDimensions: false)) }
  /// Products along an axis.
  public func product(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.product(axis: axis, keepingDimensions: keepingDimensions))
  }

  /// The largest element; NaN if there is one. Equal ones share the gradient.
  public func max() -> Tensor { Tensor(erased.extremum(D2L_REDUCE_MAX, axes: nil, keepingDimensions: false, "max")) }
  /// The largest along axes.
  public func max(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.extremum(D2L_REDUCE_MAX, axes: [axis], keepingDimensions: keepingDimensions, "max"))
  }
  /// The smallest element; NaN if there is one.
  public func min() -> Tensor { Tensor(erased.extremum(D2L_REDUCE_MIN, axes: nil, keepingDimensions: false, "min")) }
  /// The smallest along an axis.
  public func min(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.extremum(D2L_REDUCE_MIN, axes: [axis], keepingDimensions: keepingDimensions, "min"))
  }

  /// The position of the largest element in row-major order; the first of equals.
  public func argmax() -> Int { Int(Tensor<Int64>(erased.argument(D2L_ARG_MAX, axis: nil, false, "argmax")).item()) }
  /// The positions of the largest along an axis.
  public func argmax(axis: Int, keepingDimensions: Bool = false) -> Tensor<Int64> {
    Tensor<Int64>(erased.argument(D2L_ARG_MAX, axis: axis, keepingDimensions, "argmax"))
  }
  /// The position of the smallest element in row-major order; the first of equals.
  public func argmin() -> Int { Int(Tensor<Int64>(erased.argument(D2L_ARG_MIN, axis: nil, false, "argmin")).item()) }
  /// The positions of the smallest along an axis.
  public func argmin(axis: Int, keepingDimensions: Bool = false) -> Tensor<Int64> {
    Tensor<Int64>(erased.argument(D2L_ARG_MIN, axis: axis, keepingDimensions, "argmin"))
  }
}

extension AnyTensor {
  func argument(_ op: d2l_reduce_op, axis: Int?, _ keeping: Bool, _ name: StaticString) -> AnyTensor {
    reduced(op, axes: axis.map { [$0] }, keepingDimensions: keeping, type: .int64, name)
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// The mean of all elements.
  public func mean() -> Tensor { Tensor(erased.mean()) }
  /// Means along an axis.
  public func mean(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.mean(axes: [axis], keepingDimensions: keepingDimensions))
  }
  /// Means along several axes.
  public func mean(axes: [Int], keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.mean(axes: axes, keepingDimensions: keepingDimensions))
  }

  /// The variance: squared deviations from the mean, summed and divided by count - `correction` (1 for a sample, 0 for all there is).
  public func variance(axes: [Int]? = nil, correction: Int = 1, keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.variance(axes: axes, correction: Double(correction), keepingDimensions: keepingDimensions))
  }
  /// The square root of ``variance(axes:correction:keepingDimensions:)``.
  public func standardDeviation(axes: [Int]? = nil, correction: Int = 1, keepingDimensions: Bool = false) -> Tensor {
    Tensor(
      erased.variance(axes: axes, correction: Double(correction), keepingDimensions: keepingDimensions)
        .unary(D2L_SQRT, "sqrt"))
  }

  /// log Σ exp(x), safe for large x.
  public func logSumExp(axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.logSumExp(axes: axes, keepingDimensions: keepingDimensions))
  }

  /// The p-norm (Σ |x|^p)^(1/p): 2 is Euclid's length, 1 the sum of absolute values, infinity the largest of them.
  public func norm(_ p: Double = 2, axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    let absolute = erased.unary(D2L_ABS, "norm")
    if p == .infinity {
      return Tensor(absolute.extremum(D2L_REDUCE_MAX, axes: axes, keepingDimensions: keepingDimensions, "norm"))
    }
    if p == 1 { return Tensor(absolute.sum(axes: axes, keepingDimensions: keepingDimensions)) }
    require(p > 0, "norm", "p is \(p), not positive")
    if p == 2 {
      let squares = erased.unary(D2L_SQUARE, "norm").sum(axes: axes, keepingDimensions: keepingDimensions)
      return Tensor(squares.unary(D2L_SQRT, "norm"))
    }
    return Tensor(absolute.power(p).sum(axes: axes, keepingDimensions: keepingDimensions).power(1 / p))
  }
}

extension Tensor where Scalar == Bool {
  /// Whether any element is true.
  public func any(axis: Int? = nil, keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.reduced(D2L_ANY, axes: axis.map { [$0] }, keepingDimensions: keepingDimensions, "any"))
  }
  /// Whether all elements are true.
  public func all(axis: Int? = nil, keepingDimensions: Bool = false) -> Tensor {
    Tensor(erased.reduced(D2L_ALL, axes: axis.map { [$0] }, keepingDimensions: keepingDimensions, "all"))
  }
  /// How many elements are true.
  public func countTrue(axis: Int? = nil, keepingDimensions: Bool = false) -> Tensor<Int64> {
    Tensor<Int64>(
      erased.reduced(
        D2L_COUNT_TRUE, axes: axis.map { [$0] }, keepingDimensions: keepingDimensions, type: .int64, "count"))
  }
}
