import CD2LKernels

/// What one place of a subscript may hold: `x[0, 1..<3, .all, .every(2), .newAxis, .ellipsis]`.
public protocol TensorIndex {
  /// The index in a form that all share.
  var tensorIndex: TensorIndexKind { get }
}

/// The kinds of index.
public enum TensorIndexKind: Sendable {
  /// One element; the dimension disappears. Negative numbers count from the end.
  case element(Int)
  /// From `start` (nil: the first) up to `end` (nil: all) in steps. Negative bounds count from the end.
  case range(start: Int?, end: Int?, step: Int)
  /// A new dimension of size 1.
  case newAxis
  /// As many whole dimensions as are left.
  case ellipsis
}

extension Int: TensorIndex {
  /// The index in the form that all share.
  public var tensorIndex: TensorIndexKind { .element(self) }
}
extension Range<Int>: TensorIndex {
  /// The index in the form that all share.
  public var tensorIndex: TensorIndexKind { .range(start: lowerBound, end: upperBound, step: 1) }
}
extension ClosedRange<Int>: TensorIndex {
  /// The index in the form that all share.
  public var tensorIndex: TensorIndexKind {
    .range(start: lowerBound, end: upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}
extension PartialRangeFrom<Int>: TensorIndex {
  /// The index in the form that all share.
  public var tensorIndex: TensorIndexKind { .range(start: lowerBound, end: nil, step: 1) }
}
extension PartialRangeUpTo<Int>: TensorIndex {
  /// The index in the form that all share.
  public var tensorIndex: TensorIndexKind { .range(start: nil, end: upperBound, step: 1) }
}
extension PartialRangeThrough<Int>: TensorIndex {
  /// The index in the form that all share.
  public var tensorIndex: TensorIndexKind { .range(start: nil, end: upperBound == -1 ? nil : upperBound + 1, step: 1) }
}

/// An index that is neither a number nor a range.
public struct SpecialIndex: TensorIndex, Sendable {
  /// The index in the form that all share.
  public let tensorIndex: TensorIndexKind
}

extension TensorIndex where Self == SpecialIndex {
  /// A whole dimension.
  public static var all: SpecialIndex { SpecialIndex(tensorIndex: .range(start: nil, end: nil, step: 1)) }
  /// A new dimension of size 1.
  public static var newAxis: SpecialIndex { SpecialIndex(tensorIndex: .newAxis) }
  /// As many whole dimensions as are left.
  public static var ellipsis: SpecialIndex { SpecialIndex(tensorIndex: .ellipsis) }
  /// Every `step`-th element between two bounds; a negative step runs backwards.
  public static func every(_ step: Int, from start: Int? = nil, to end: Int? = nil) -> SpecialIndex {
    SpecialIndex(tensorIndex: .range(start: start, end: end, step: step))
  }
}

extension AnyTensor {
  /// The view that the indices name.
  func indexed(_ indices: [any TensorIndex]) -> AnyTensor {
    if node != nil && isRecording { return viewed("subscript") { $0.indexed(indices) } }
    var taken = 0
    var open = 0
    for index in indices {
      switch index.tensorIndex {
      case .element, .range: taken += 1
      case .ellipsis: open += 1
      case .newAxis: break
      }
    }
    require(taken <= rank && open <= 1, "subscript", "\(indices.count) indices for an array of shape \(shape)")
    var result = detached()
    var axis = 0
    for index in indices {
      switch index.tensorIndex {
      case .element(let position):
        let size = result.shape[axis]
        let place = position < 0 ? position + size : position
        require(place >= 0 && place < size, "subscript", "index \(position) in dimension \(axis) of shape \(shape)")
        result = result.selected(axis: axis, index: place)
      case .range(let start, let end, let step):
        result = result.ranged(axis: axis, start, end, step, whole: shape)
        axis += 1
      case .newAxis:
        result = result.inserted(axis: axis)
        axis += 1
      case .ellipsis:
        axis += rank - taken
      }
    }
    return result
  }

  private func ranged(axis: Int, _ start: Int?, _ end: Int?, _ step: Int, whole: Shape) -> AnyTensor {
    let size = shape[axis]
    require(step != 0, "subscript", "a step of 0")
    func bound(_ value: Int, _ limits: ClosedRange<Int>) -> Int {
      let index = value < 0 ? value + size : value
      require(
        index >= Swift.min(limits.lowerBound, 0) && index <= size, "subscript",
        "bound \(value) in dimension \(axis) of shape \(whole)")
      return Swift.min(Swift.max(index, limits.lowerBound), limits.upperBound)
    }
    if step > 0 {
      let first = start.map { bound($0, 0...size) } ?? 0
      let last = end.map { bound($0, 0...size) } ?? size
      return sliced(axis: axis, from: first, count: Swift.max(0, (last - first + step - 1) / step), step: step)
    }
    if size == 0 { return self }
    let first = start.map { bound($0, 0...(size - 1)) } ?? size - 1
    let last = end.map { bound($0, 0...(size - 1)) } ?? -1
    return sliced(axis: axis, from: first, count: Swift.max(0, (first - last - step - 1) / -step), step: step)
  }

  /// Writes `value`, which broadcasts, where the indices point.
  mutating func assign(_ value: AnyTensor, at indices: [any TensorIndex]) {
    require(dtype == value.dtype, "subscript", "assigning \(value.dtype) to \(dtype)")
    let isTracked = isRecording && (node != nil || value.node != nil)
    let old = isTracked ? self : nil
    makeUniqueAndDense()
    forgetOperation()
    let region = detached().indexed(indices)
    guard let common = region.shape.broadcast(with: value.shape), common == region.shape else {
      fail("subscript", "assigning an array of shape \(value.shape) to a region of shape \(region.shape)")
    }
    copy(value.broadcast(to: region.shape), into: region)
    guard let old else { return }
    let valueShape = value.shape
    self = detached().recorded("assign", old, value) { gradient, node in
      if node.needs(0) {
        var rest = gradient
        rest.assign(AnyTensor(repeating: 0, shape: [], dtype: rest.dtype), at: indices)
        node.send(rest, to: 0)
      }
      node.send(gradient.indexed(indices).reduced(to: valueShape), to: 1)
    }
  }
}

extension Tensor {
  /// A view of a part: numbers pick, ranges cut, `.all`, `.every(_:from:to:)`, `.newAxis` and `.ellipsis` as named. Dimensions
  /// without an index are whole. Setting writes in place; the value broadcasts.
  public subscript(indices: any TensorIndex...) -> Tensor {
    get { Tensor(erased.indexed(indices)) }
    set { erased.assign(newValue.erased, at: indices) }
  }

  /// Sets a part to one number.
  public mutating func fill(_ indices: any TensorIndex..., with value: Scalar) {
    erased.assign(Tensor(value).erased, at: indices)
  }

  /// Rows (entries along `axis`) picked by number: the result has `index`'s shape in place of that dimension. The gradient adds up
  /// where a row is picked twice.
  public func taking(_ index: Tensor<Int64>, axis: Int = 0) -> Tensor {
    Tensor(erased.taking(index.erased, axis: axis))
  }

  /// result[…, j, …] = self[…, index[…, j, …], …]: `index` has this array's shape except along `axis`.
  public func gathering(_ index: Tensor<Int64>, axis: Int) -> Tensor {
    Tensor(erased.gathering(index.erased, axis: axis))
  }

  /// A copy with `source` written where ``gathering(_:axis:)`` would read.
  public func scattering(_ source: Tensor, at index: Tensor<Int64>, axis: Int) -> Tensor {
    Tensor(erased.scattering(source.erased, at: index.erased, axis: axis, adding: false))
  }

  /// The elements where `mask` is true, in row-major order, as a vector. The mask covers the leading dimensions or all.
  public func masked(by mask: Tensor<Bool>) -> Tensor {
    requireCovered(by: mask, "masked")
    return Tensor(erased.takingRows(mask.positionsOfTrue().erased, leading: mask.rank))
  }

  /// This array where `mask` is false, `value` where it is true.
  public func replacing(where mask: Tensor<Bool>, with value: Scalar) -> Tensor {
    Tensor(AnyTensor.select(mask.erased, Tensor(value).erased, erased))
  }
}

extension Tensor where Scalar: NumericScalar {
  /// A copy with `source` added where ``gathering(_:axis:)`` would read; equal indices add up.
  public func scatteringAdd(_ source: Tensor, at index: Tensor<Int64>, axis: Int) -> Tensor {
    Tensor(erased.scattering(source.erased, at: index.erased, axis: axis, adding: true))
  }

  /// Ones at the given class ids, zeros elsewhere: `[…]` becomes `[…, classes]`.
  public init(oneHot ids: Tensor<Int64>, classes: Int) {
    AnyTensor.check(ids.erased, below: classes, "oneHot")
    var shape = ids.shape
    shape.append(classes)
    self.init(zeros: shape)
    let one = Scalar(fromDouble: 1)
    ids.withUnsafeBufferPointer { ids in
      withUnsafeMutableBufferPointer { buffer in
        for (row, id) in ids.enumerated() { buffer[row * classes + Int(id)] = one }
      }
    }
  }
}

extension Tensor where Scalar == Bool {
  /// The positions of true elements in row-major order.
  public func positionsOfTrue() -> Tensor<Int64> {
    Tensor<Int64>(withUnsafeBufferPointer { mask in mask.indices.filter { mask[$0] }.map { Int64($0) } })
  }
}

/// `x` where the condition is true, `y` elsewhere; all three broadcast.
public func select<Scalar>(_ condition: Tensor<Bool>, _ x: Tensor<Scalar>, _ y: Tensor<Scalar>) -> Tensor<Scalar> {
  Tensor(AnyTensor.select(condition.erased, x.erased, y.erased))
}

extension AnyTensor {
  /// Stops if an index is not within 0 ..< limit.
  static func check(_ index: AnyTensor, below limit: Int, _ name: StaticString) {
    require(index.dtype == .int64, name, "indices are \(index.dtype), not int64")
    let dense = index.contiguous()
    var smallest: Int64 = 0
    var largest: Int64 = -1
    d2l_index_range(dense.pointer.assumingMemoryBound(to: Int64.self), Int64(dense.count), &smallest, &largest)
    require(
      smallest >= 0 && largest < Int64(limit), name, "index \(smallest < 0 ? smallest : largest) of \(limit) entries")
  }

  /// The array as [outer, rows, inner] with `axis` in the middle.
  func sizes(around axis: Int) -> (outer: Int64, rows: Int64, inner: Int64) {
    (
      Int64(shape[..<axis].reduce(1, *)), Int64(shape[axis]), Int64(shape[(axis + 1)...].reduce(1, *))
    )
  }

  func taking(_ index: AnyTensor, axis: Int) -> AnyTensor {
    let axis = shape.axis(axis, in: "taking")
    AnyTensor.check(index, below: shape[axis], "taking")
    var target = Shape(shape[..<axis])
    for size in index.shape { target.append(size) }
    for size in shape[(axis + 1)...] { target.append(size) }
    let (source, ids) = (contiguous().detached(), index.contiguous().detached())
    let (outer, rows, inner) = sizes(around: axis)
    let result = AnyTensor(uninitialized: target, dtype)
    d2l_take(
      dtype.kernel, source.pointer, ids.pointer.assumingMemoryBound(to: Int64.self), result.pointer, outer, rows, inner,
      Int64(ids.count))
    guard node != nil, isRecording else { return result }
    let whole = shape
    return result.recorded("taking", self) { gradient, node in
      node.send(gradient.untaking(ids, into: whole, axis: axis), to: 0)
    }
  }

  /// Zeros of the given shape with rows added where ``taking(_:axis:)`` read them.
  private func untaking(_ ids: AnyTensor, into whole: Shape, axis: Int) -> AnyTensor {
    let result = AnyTensor(repeating: 0, shape: whole, dtype: dtype)
    let source = contiguous().detached()
    let (outer, rows, inner) = result.sizes(around: axis)
    d2l_take_add(
      dtype.kernel, source.pointer, ids.pointer.assumingMemoryBound(to: Int64.self), result.pointer, outer, rows, inner,
      Int64(ids.count))
    return result.recorded("taking", self) { gradient, node in
      node.send(gradient.taking(ids, axis: axis).reshaped(node.input(0)?.shape ?? []), to: 0)
    }
  }

  func gathering(_ index: AnyTensor, axis: Int) -> AnyTensor {
    let axis = shape.axis(axis, in: "gathering")
    checkSameButFor(axis, index, "gathering")
    AnyTensor.check(index, below: shape[axis], "gathering")
    let (source, ids) = (contiguous().detached(), index.contiguous().detached())
    let (outer, rows, inner) = sizes(around: axis)
    let result = AnyTensor(uninitialized: index.shape, dtype)
    d2l_gather(
      dtype.kernel, source.pointer, ids.pointer.assumingMemoryBound(to: Int64.self), result.pointer, outer, rows, inner,
      Int64(index.shape[axis]))
    guard node != nil, isRecording else { return result }
    let (whole, dtype) = (shape, dtype)
    return result.recorded("gathering", self) { gradient, node in
      let zeros = AnyTensor(repeating: 0, shape: whole, dtype: dtype)
      node.send(zeros.scattering(gradient, at: ids, axis: axis, adding: true), to: 0)
    }
  }

  func scattering(_ source: AnyTensor, at index: AnyTensor, axis: Int, adding: Bool) -> AnyTensor {
    let axis = shape.axis(axis, in: "scattering")
    checkSameButFor(axis, index, "scattering")
    require(source.shape == index.shape, "scattering", "values \(source.shape) for indices \(index.shape)")
    AnyTensor.check(index, below: shape[axis], "scattering")
    let result = copied()
    let (values, ids) = (source.contiguous().detached(), index.contiguous().detached())
    let (outer, rows, inner) = sizes(around: axis)
    d2l_scatter(
      dtype.kernel, values.pointer, ids.pointer.assumingMemoryBound(to: Int64.self), result.pointer, outer, rows, inner,
      Int64(index.shape[axis]), adding)
    return result.recorded("scattering", self, source) { gradient, node in
      if adding {
        node.send(gradient, to: 0)
      } else {
        let zeros = AnyTensor(repeating: 0, shape: ids.shape, dtype: gradient.dtype)
        node.send(gradient.scattering(zeros, at: ids, axis: axis, adding: false), to: 0)
      }
      node.send(gradient.gathering(ids, axis: axis), to: 1)
    }
  }

  private func checkSameButFor(_ axis: Int, _ index: AnyTensor, _ name: StaticString) {
    var other = index.shape
    if other.count == rank { other[axis] = shape[axis] }
    require(other == shape, name, "indices \(index.shape) for an array of shape \(shape) along axis \(axis)")
  }
}
