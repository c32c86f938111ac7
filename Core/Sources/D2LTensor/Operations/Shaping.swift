// Reshaping and rearranging, as Tensor offers it.
extension Tensor {
  /// The same elements in another shape; one size may be -1, for what the others leave. A view where the array is dense.
  public func reshaped(_ shape: Shape) -> Tensor { Tensor(erased.reshaped(shape)) }

  /// Dimensions from `axis` on in one: `[batch, channels, height, width]` becomes `[batch, features]`.
  public func flattened(from axis: Int = 0) -> Tensor {
    if rank == 0 { return reshaped([1]) }
    let start = shape.axis(axis, in: "flatten")
    var target = Shape(shape[..<start])
    target.append(shape[start...].reduce(1, *))
    return reshaped(target)
  }

  /// A matrix (or the last two dimensions of a larger array) transposed. A view.
  public func transposed() -> Tensor { Tensor(erased.transposedMatrix()) }

  /// Two dimensions exchanged. A view.
  public func transposed(_ first: Int, _ second: Int) -> Tensor {
    var order = Array(0..<rank)
    order.swapAt(shape.axis(first, in: "transpose"), shape.axis(second, in: "transpose"))
    return Tensor(erased.transposed(order: order))
  }

  /// Dimensions in the given order: result dimension i is dimension `order[i]`. A view.
  public func permuted(_ order: Int...) -> Tensor { Tensor(erased.transposed(order: order)) }
  /// Dimensions in the given order. A view.
  public func permuted(_ order: [Int]) -> Tensor { Tensor(erased.transposed(order: order)) }

  /// Dimensions of size 1 (and new ones in front) repeated to `shape`. A view.
  public func expanded(to shape: Shape) -> Tensor { Tensor(erased.expanded(to: shape)) }

  /// Without the dimensions of size 1, or without `axis`, which must have size 1.
  public func squeezed(axis: Int? = nil) -> Tensor {
    guard let axis else { return Tensor(erased.reshapedView(Shape(shape.filter { $0 != 1 }))) }
    let index = shape.axis(axis, in: "squeeze")
    require(shape[index] == 1, "squeeze", "axis \(axis) of an array of shape \(shape) is not 1")
    var target = shape
    target.remove(at: index)
    return Tensor(erased.reshapedView(target))
  }

  /// With a new dimension of size 1 at `axis` (-1: behind the last).
  public func unsqueezed(axis: Int) -> Tensor {
    let index = axis < 0 ? axis + rank + 1 : axis
    require(index >= 0 && index <= rank, "unsqueeze", "axis \(axis) for an array of shape \(shape)")
    return Tensor(erased.inserted(axis: index))
  }

  /// Arrays joined along an axis that they have; their other sizes agree.
  public init(concatenating parts: [Tensor], axis: Int = 0) {
    self.init(AnyTensor.concatenated(parts.map(\.erased), axis: axis))
  }

  /// This array and another joined along an axis.
  public func concatenated(with other: Tensor, axis: Int = 0) -> Tensor {
    Tensor(AnyTensor.concatenated([erased, other.erased], axis: axis))
  }

  /// Arrays of one shape side by side along a new axis.
  public init(stacking parts: [Tensor], axis: Int = 0) {
    guard let first = parts.first else { fail("stack", "no arrays") }
    let index = axis < 0 ? axis + first.rank + 1 : axis
    require(index >= 0 && index <= first.rank, "stack", "axis \(axis) for arrays of shape \(first.shape)")
    self.init(AnyTensor.concatenated(parts.map { $0.erased.inserted(axis: index) }, axis: index))
  }

  /// Parts of `size` along an axis, the last one shorter if it does not come out even. Views.
  public func split(size: Int, axis: Int = 0) -> [Tensor] {
    let index = shape.axis(axis, in: "split")
    require(size > 0, "split", "parts of size \(size)")
    return stride(from: 0, to: shape[index], by: size).map { start in
      Tensor(erased.sliced(axis: index, from: start, count: Swift.min(size, shape[index] - start)))
    }
  }

  /// Parts of the given sizes, which add up to the whole axis. Views.
  public func split(sizes: [Int], axis: Int = 0) -> [Tensor] {
    let index = shape.axis(axis, in: "split")
    require(
      sizes.reduce(0, +) == shape[index] && sizes.allSatisfy { $0 >= 0 }, "split",
      "sizes \(sizes) for axis \(axis) of shape \(shape)")
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return Tensor(erased.sliced(axis: index, from: start, count: size))
    }
  }

  /// `count` parts along an axis, as even as possible and none larger than the one before. Views.
  public func chunked(_ count: Int, axis: Int = 0) -> [Tensor] {
    require(count > 0, "chunk", "\(count) parts")
    let index = shape.axis(axis, in: "chunk")
    return split(size: Swift.max(1, (shape[index] + count - 1) / count), axis: index)
  }

  /// Elements along an axis in reverse.
  public func flipped(axis: Int) -> Tensor {
    let index = shape.axis(axis, in: "flip")
    let size = shape[index]
    return Tensor(erased.sliced(axis: index, from: size - 1, count: size, step: -1))
  }

  /// Elements shifted along an axis by `shift` places, those that leave at the end coming back in front.
  public func rolled(by shift: Int, axis: Int) -> Tensor {
    let index = shape.axis(axis, in: "roll")
    let size = shape[index]
    if size == 0 { return self }
    let cut = ((-shift % size) + size) % size
    if cut == 0 { return self }
    return Tensor(
      AnyTensor.concatenated(
        [
          erased.sliced(axis: index, from: cut, count: size - cut),
          erased.sliced(axis: index, from: 0, count: cut),
        ], axis: index))
  }

  /// The whole array repeated `counts[i]` times along dimension i; more counts than dimensions add dimensions in front.
  public func tiled(_ counts: [Int]) -> Tensor {
    var result = erased
    while result.rank < counts.count { result = result.inserted(axis: 0) }
    for (offset, count) in counts.reversed().enumerated() {
      require(count >= 0, "tile", "\(count) repetitions")
      let axis = result.rank - 1 - offset
      if count == 1 { continue }
      if count == 0 {
        result = result.sliced(axis: axis, from: 0, count: 0)
      } else {
        result = AnyTensor.concatenated(Array(repeating: result, count: count), axis: axis)
      }
    }
    return Tensor(result)
  }

  /// Each element repeated `count` times along an axis: a, a, b, b, …
  public func repeated(_ count: Int, axis: Int) -> Tensor {
    require(count >= 0, "repeat", "\(count) repetitions")
    let index = shape.axis(axis, in: "repeat")
    var wide = shape
    wide.insert(count, at: index + 1)
    var target = shape
    target[index] *= count
    return Tensor(erased.inserted(axis: index + 1).expanded(to: wide).reshaped(target))
  }

  /// Surrounded by `value`: `widths[i]` elements before and after dimension i.
  public func padded(_ widths: [(before: Int, after: Int)], with value: Scalar) -> Tensor {
    Tensor(erased.padded(widths, value: value.asDouble))
  }
}
