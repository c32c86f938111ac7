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

  /// The product. The gradient divides nothing, so zeros are served: see d2l_cumulative_product_gradient.
  func product(axis: Int?, keepingDimensions: Bool) -> AnyTensor {
    let result = reduced(D2L_PROD, axes: axis.map { [$0] }, keepingDimensions: keepingDimensions, "product")
    guard node != nil, isRecording else { return result }
    let (kept, whole) = (keptShape(axis.map { [$0] }, "product"), shape)
    let source = contiguous().detached()
    let line = axis == nil ? source.reshaped([count]) : source
    let along = axis.map { whole.axis($0, in: "product") } ?? 0
    return result.recorded("product", self) { gradient, node in
      requireFirstOrder("product")
      if line.count == 0 {
        node.send(AnyTensor(repeating: 0, shape: whole, dtype: line.dtype), to: 0)
        return
      }
      // The product is the last of the running products.
      let last = AnyTensor(repeating: 0, shape: line.shape, dtype: line.dtype)
      let seed = axis == nil ? gradient.reshaped([1]) : gradient.reshaped(kept)
      copy(seed, into: last.sliced(axis: along, from: line.shape[along] - 1, count: 1))
      node.send(line.cumulativeProductGradient(last, axis: along).reshaped(whole), to: 0)
    }
  }

  func cumulativeProduct(axis: Int) -> AnyTensor {
    let index = shape.axis(axis, in: "cumulativeProduct")
    let source = contiguous().detached()
    let result = AnyTensor(uninitialized: shape, dtype)
    let (outer, count, inner) = source.sizes(around: index)
    d2l_cumulative_product(dtype.kernel, source.pointer, result.pointer, outer, count, inner)
    return result.recorded("cumulativeProduct", self) { gradient, node in
      requireFirstOrder("cumulativeProduct")
      node.send(source.cumulativeProductGradient(gradient, axis: index), to: 0)
    }
  }

  func cumulativeProductGradient(_ gradient: AnyTensor, axis: Int) -> AnyTensor {
    let g = gradient.contiguous()
    let result = AnyTensor(uninitialized: shape, dtype)
    let (outer, count, inner) = sizes(around: axis)
    d2l_cumulative_product_gradient(dtype.kernel, pointer, g.pointer, result.pointer, outer, count, inner)
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
    let (outer, count, inner) = source.sizes(around: index)
    d2l_cumulative_sum(dtype.kernel, source.pointer, result.pointer, outer, count, inner, reversed)
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
  /// Running products along an axis.
  public func cumulativeProduct(axis: Int) -> Tensor { Tensor(erased.cumulativeProduct(axis: axis)) }

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
    require(p > 0, "norm", "p is \(p), not positive")
    if p == .infinity {
      let absolute = erased.unary(D2L_ABS, "norm")
      return Tensor(absolute.extremum(D2L_REDUCE_MAX, axes: axes, keepingDimensions: keepingDimensions, "norm"))
    }
    return Tensor(erased.norm(p, axes: axes, keepingDimensions: keepingDimensions))
  }
}

extension AnyTensor {
  /// The p-norm for finite p. Where it is 0 its gradient is taken as 0, as is the gradient of an element that is 0 if p is less than 2.
  fileprivate func norm(_ p: Double, axes: [Int]?, keepingDimensions: Bool) -> AnyTensor {
    let x = detached()
    let result: AnyTensor
    switch p {
    case 1: result = x.reduced(D2L_SUM_ABS, axes: axes, keepingDimensions: keepingDimensions, "norm")
    case 2:
      let squares = x.reduced(D2L_SUM_SQUARES, axes: axes, keepingDimensions: keepingDimensions, "norm")
      result = squares.applying(D2L_SQRT)
    default:
      let powers = x.applying(D2L_ABS).power(p)
      result = powers.sum(axes: axes, keepingDimensions: keepingDimensions).power(1 / p)
    }
    guard node != nil, isRecording else { return result }
    let (y, kept) = (result, keptShape(axes, "norm"))
    return result.recorded("norm", self) { gradient, node in
      let x = x.asInput(0, of: node)
      let y = y.asOutput(of: node).reshaped(kept)
      let g = gradient.reshaped(kept)
      let zero = AnyTensor(repeating: 0, shape: [], dtype: x.dtype)
      let one = zero.adding(1)
      // Ones in place of zeros, so that nothing divides by zero on the way to what is masked out.
      let length = AnyTensor.select(y.binary(D2L_EQ, scalar: 0), one, y)
      let scale = AnyTensor.select(y.binary(D2L_EQ, scalar: 0), zero, p == 1 ? g : g / length.power(p - 1))
      if p == 2 {
        node.send(x * scale, to: 0)
      } else {
        let isZero = x.binary(D2L_EQ, scalar: 0)
        let size = AnyTensor.select(isZero, one, x.unary(D2L_ABS, "abs"))
        node.send(x.applying(D2L_SIGN) * size.power(p - 1) * scale, to: 0)
      }
    }
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
