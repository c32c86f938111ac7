import CD2LKernels

// Elements picked by masks and by arrays of positions, to read and to write.

extension AnyTensor {
  /// A copy-on-write assignment of whole rows: dimension 0 of this array, seen as [rows, …], at the given positions.
  mutating func assignRows(_ value: AnyTensor, at ids: AnyTensor, leading: Int) {
    require(dtype == value.dtype, "subscript", "assigning \(value.dtype) to \(dtype)")
    let inner = Shape(shape[leading...])
    let region = Shape(Array(ids.shape) + Array(inner))
    guard let common = region.broadcast(with: value.shape), common == region else {
      fail("subscript", "assigning an array of shape \(value.shape) to a region of shape \(region)")
    }
    let isTracked = isRecording && (node != nil || value.node != nil)
    let old = isTracked ? self : nil
    makeUniqueAndDense()
    forgetOperation()
    let source = value.broadcast(to: region).contiguous()
    let places = ids.contiguous().detached()
    let width = inner.elementCount * dtype.byteWidth
    places.withUnsafeBytes { bytes in
      for (number, place) in bytes.bindMemory(to: Int64.self).enumerated() {
        (pointer + Int(place) * width).copyMemory(from: source.pointer + number * width, byteCount: width)
      }
    }
    withExtendedLifetime(source) {}
    guard let old else { return }
    let valueShape = value.shape
    self = recorded("assign", old, value) { gradient, node in
      if node.needs(0) {
        var rest = gradient
        rest.assignRows(AnyTensor(repeating: 0, shape: [], dtype: rest.dtype), at: places, leading: leading)
        node.send(rest, to: 0)
      }
      node.send(gradient.takingRows(places, leading: leading).reduced(to: valueShape), to: 1)
    }
  }

  /// Rows of this array seen as [rows, …], its first `leading` dimensions in one.
  func takingRows(_ ids: AnyTensor, leading: Int) -> AnyTensor {
    let rows = shape[..<leading].reduce(1, *)
    return reshaped(Shape([rows] + Array(shape[leading...]))).taking(ids, axis: 0)
  }
}

extension Tensor {
  /// The elements (or rows, where the mask covers the leading dimensions only) where `mask` is true, in row-major order. Setting writes
  /// them: the value broadcasts.
  public subscript(mask: Tensor<Bool>) -> Tensor {
    get { masked(by: mask) }
    set {
      requireCovered(by: mask, "subscript")
      erased.assignRows(newValue.erased, at: mask.positionsOfTrue().erased, leading: mask.rank)
    }
  }

  /// Entries picked by arrays of positions, one for each leading dimension, that broadcast with each other: `x[rows]` picks rows,
  /// `x[rows, columns]` single elements of a matrix. Negative positions count from the end. Setting writes them, the last one
  /// where a position occurs twice; the value broadcasts.
  public subscript(first: Tensor<Int64>, others: Tensor<Int64>...) -> Tensor {
    get { Tensor(erased.takingRows(linearPositions([first] + others).erased, leading: others.count + 1)) }
    set {
      let places = linearPositions([first] + others)
      erased.assignRows(newValue.erased, at: places.erased, leading: others.count + 1)
    }
  }

  /// A copy with `value`, which broadcasts, where `mask` is true.
  public func replacing(where mask: Tensor<Bool>, with value: Tensor) -> Tensor {
    requireCovered(by: mask, "replacing")
    var result = self
    result[mask] = value
    return result
  }

  func requireCovered(by mask: Tensor<Bool>, _ name: StaticString) {
    require(
      mask.rank >= 1 && mask.rank <= rank && Shape(shape[..<mask.rank]) == mask.shape, name,
      "a mask of shape \(mask.shape) for an array of shape \(shape)")
  }

  /// Positions in the leading dimensions as row-major numbers, checked.
  private func linearPositions(_ indices: [Tensor<Int64>]) -> Tensor<Int64> {
    require(indices.count <= rank, "subscript", "\(indices.count) index arrays for an array of shape \(shape)")
    var result: Tensor<Int64>?
    for (axis, index) in indices.enumerated() {
      let size = Int64(shape[axis])
      let negative = index .< 0
      let place = negative.any().item() ? select(negative, index + size, index) : index
      let outside = (place .< 0) .|| (place .>= size)
      if outside.any().item() {
        let bad = index.masked(by: outside).values[0]
        fail("subscript", "index \(bad) in dimension \(axis) of shape \(shape)")
      }
      if let known = result {
        require(
          known.shape.broadcast(with: place.shape) != nil, "subscript",
          "index arrays of shapes \(indices.map(\.shape)) do not broadcast")
        result = known * size + place
      } else {
        result = place
      }
    }
    return result ?? Tensor<Int64>(zeros: [0])
  }
}
