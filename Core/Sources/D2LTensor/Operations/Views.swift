import CD2LKernels

// Views and rearrangements at the level of AnyTensor. Each that only changes shape and strides copies nothing.
extension AnyTensor {
  /// A view where strides allow one, otherwise a dense copy. One size may be -1: it is what the others leave.
  func reshaped(_ wanted: Shape) -> AnyTensor {
    if wanted == shape { return self }
    var target = wanted
    if let open = target.firstIndex(of: -1) {
      var known = 1
      for index in 0..<target.count where index != open { known *= target[index] }
      require(
        known > 0 && count % known == 0, "reshape", "\(shape), \(count) elements, into \(wanted)")
      target[open] = count / known
    }
    for size in target { require(size >= 0, "reshape", "\(shape) into \(wanted)") }
    require(target.elementCount == count, "reshape", "\(shape), \(count) elements, into \(wanted)")
    let source = contiguous()
    let result = AnyTensor(viewing: source, offset: source.offset, shape: target, strides: target.denseStrides)
    let whole = shape
    return result.recorded("reshape", source) { gradient, node in node.send(gradient.reshaped(whole), to: 0) }
  }

  /// Dimensions in another order.
  func transposed(order: [Int]) -> AnyTensor {
    require(order.count == rank, "transpose", "\(order.count) axes for an array of shape \(shape)")
    var shape: Shape = []
    var strides: Strides = []
    var inverse = [Int](repeating: -1, count: rank)
    for (position, axis) in order.enumerated() {
      let index = self.shape.axis(axis, in: "transpose")
      require(inverse[index] < 0, "transpose", "axis \(axis) is given twice")
      inverse[index] = position
      shape.append(self.shape[index])
      strides.append(self.strides[index])
    }
    let result = AnyTensor(viewing: self, offset: offset, shape: shape, strides: strides)
    return result.recorded("transpose", self) { gradient, node in node.send(gradient.transposed(order: inverse), to: 0)
    }
  }

  /// The last two dimensions exchanged.
  func transposedMatrix() -> AnyTensor {
    require(rank >= 2, "transpose", "an array of shape \(shape) has no two dimensions to exchange")
    var result = AnyTensor(viewing: self, offset: offset, shape: shape, strides: strides)
    result.shape.swapAt(rank - 1, rank - 2)
    result.strides.swapAt(rank - 1, rank - 2)
    return result.recorded("transpose", self) { gradient, node in node.send(gradient.transposedMatrix(), to: 0) }
  }

  /// A view in which dimensions of size 1 repeat.
  func expanded(to target: Shape) -> AnyTensor {
    guard let common = shape.broadcast(with: target), common == target else {
      fail("expand", "\(shape) does not broadcast to \(target)")
    }
    if target == shape { return self }
    let own = shape
    return broadcast(to: target).recorded("expand", self) { gradient, node in
      node.send(gradient.reduced(to: own), to: 0)
    }
  }

  /// `count` elements from `start` along one axis, every `step`-th; a negative step runs backwards.
  func sliced(axis: Int, from start: Int, count: Int, step: Int = 1) -> AnyTensor {
    if node != nil && isRecording {
      return viewed("slice") { $0.sliced(axis: axis, from: start, count: count, step: step) }
    }
    var result = AnyTensor(viewing: self, offset: offset, shape: shape, strides: strides)
    if count > 0 { result.offset += start * strides[axis] }
    result.shape[axis] = count
    result.strides[axis] *= step
    return result
  }

  /// One element along an axis, which disappears.
  func selected(axis: Int, index: Int) -> AnyTensor {
    if node != nil && isRecording { return viewed("select") { $0.selected(axis: axis, index: index) } }
    var result = AnyTensor(viewing: self, offset: offset + index * strides[axis], shape: shape, strides: strides)
    result.shape.remove(at: axis)
    result.strides.remove(at: axis)
    return result
  }

  /// The view that `region` cuts out, recorded as one operation. `region` must be views alone, and is applied to dense arrays of this
  /// shape when gradients flow back.
  func viewed(_ name: StaticString, region: @escaping (AnyTensor) -> AnyTensor) -> AnyTensor {
    region(detached()).recorded(name, self) { gradient, node in node.send(gradient, to: 0, region: region) }
  }

  /// Zeros of the given shape with this array written where `region` would read.
  func spread(into whole: Shape, _ name: StaticString, region: @escaping (AnyTensor) -> AnyTensor) -> AnyTensor {
    let result = AnyTensor(repeating: 0, shape: whole, dtype: dtype)
    copy(self, into: region(result))
    return result.recorded(name, self) { gradient, node in
      node.send(gradient.viewed(name, region: region), to: 0)
    }
  }

  /// A new dimension of size 1 before `axis`.
  func inserted(axis: Int) -> AnyTensor {
    var target = shape
    target.insert(1, at: axis)
    return reshapedView(target)
  }

  /// A reshape that only adds or drops dimensions of size 1: a view whatever the strides.
  func reshapedView(_ target: Shape) -> AnyTensor {
    if target == shape { return self }
    var strides: Strides = []
    var source = 0
    for size in target {
      while size != 1 && source < rank && shape[source] == 1 { source += 1 }
      if size == 1 {
        strides.append(1)
      } else {
        strides.append(self.strides[source])
        source += 1
      }
    }
    let whole = shape
    return AnyTensor(viewing: self, offset: offset, shape: target, strides: strides)
      .recorded("reshape", self) { gradient, node in node.send(gradient.reshapedView(whole), to: 0) }
  }

  static func concatenated(_ parts: [AnyTensor], axis: Int) -> AnyTensor {
    guard let first = parts.first else { fail("concatenate", "no arrays") }
    let index = first.shape.axis(axis, in: "concatenate")
    var shape = first.shape
    shape[index] = 0
    for part in parts {
      var other = part.shape
      require(
        other.count == shape.count && part.dtype == first.dtype, "concatenate",
        "\(first.shape) \(first.dtype) and \(part.shape) \(part.dtype)")
      let size = other[index]
      other[index] = shape[index]
      require(other == shape, "concatenate", "\(first.shape) and \(part.shape) along axis \(axis)")
      shape[index] += size
    }
    let result = AnyTensor(uninitialized: shape, first.dtype)
    var starts: [Int] = []
    var start = 0
    for part in parts {
      starts.append(start)
      copy(part, into: result.sliced(axis: index, from: start, count: part.shape[index]))
      start += part.shape[index]
    }
    let sizes = parts.map { $0.shape[index] }
    return result.recorded("concatenate", inputs: parts) { gradient, node in
      for position in sizes.indices {
        node.send(gradient.sliced(axis: index, from: starts[position], count: sizes[position]), to: position)
      }
    }
  }

  /// Surrounds with `value`: `widths[i]` elements before and after dimension i.
  func padded(_ widths: [(before: Int, after: Int)], value: Double) -> AnyTensor {
    require(widths.count == rank, "pad", "\(widths.count) widths for an array of shape \(shape)")
    var shape = shape
    for (index, width) in widths.enumerated() {
      require(width.before >= 0 && width.after >= 0, "pad", "a negative width \(width)")
      shape[index] += width.before + width.after
    }
    let result = AnyTensor(repeating: value, shape: shape, dtype: dtype)
    var inner = result
    for (index, width) in widths.enumerated() {
      inner = inner.sliced(axis: index, from: width.before, count: self.shape[index])
    }
    copy(self, into: inner)
    let own = self.shape
    return result.recorded("pad", self) { gradient, node in
      var inner = gradient
      for (index, width) in widths.enumerated() {
        inner = inner.sliced(axis: index, from: width.before, count: own[index])
      }
      node.send(inner, to: 0)
    }
  }
}
