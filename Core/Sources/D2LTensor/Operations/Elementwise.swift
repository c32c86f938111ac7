import CD2LKernels

extension AnyTensor {
  /// z = op(x, y) with broadcasting, not recorded. Comparisons give Bool.
  func binary(_ op: d2l_binary_op, _ other: AnyTensor, _ name: StaticString) -> AnyTensor {
    require(dtype == other.dtype, name, "left is \(dtype), right is \(other.dtype)")
    let type = op.rawValue >= D2L_EQ.rawValue ? DType.bool : dtype
    if shape == other.shape && isContiguous && other.isContiguous {
      let result = AnyTensor(uninitialized: shape, type)
      d2l_binary(dtype.kernel, op, pointer, other.pointer, result.pointer, Int64(count))
      return result
    }
    guard let common = shape.broadcast(with: other.shape) else {
      fail(name, "left is \(shape), right is \(other.shape); they do not broadcast: reshape one of them")
    }
    let result = AnyTensor(uninitialized: common, type)
    let left = broadcast(to: common)
    let right = other.broadcast(to: common)
    common.withPointer { sizes in
      left.strides.withPointer { leftStrides in
        right.strides.withPointer { rightStrides in
          d2l_binary_strided(
            dtype.kernel, op, left.pointer, leftStrides, right.pointer, rightStrides, result.pointer,
            Int32(common.count), sizes)
        }
      }
    }
    return result
  }

  /// A view with the given larger shape, not recorded.
  func broadcast(to target: Shape) -> AnyTensor {
    if target == shape { return detached() }
    let shift = target.count - rank
    var strides = Strides(repeating: 0, count: target.count)
    for index in 0..<rank where shape[index] != 1 { strides[index + shift] = self.strides[index] }
    return AnyTensor(viewing: self, offset: offset, shape: target, strides: strides)
  }

  /// The sum over the dimensions that broadcasting added or stretched: what flows back through a broadcast.
  func reduced(to target: Shape) -> AnyTensor {
    if shape == target { return self }
    let shift = rank - target.count
    var axes: [Int] = []
    for index in 0..<rank where index < shift || (target[index - shift] == 1 && shape[index] != 1) {
      axes.append(index)
    }
    let sum = axes.isEmpty ? self : self.sum(axes: axes, keepingDimensions: true)
    return sum.reshaped(target)
  }

  /// op(x, s), or op(s, x), not recorded.
  func binary(_ op: d2l_binary_op, scalar: Double, reversed: Bool = false) -> AnyTensor {
    let type = op.rawValue >= D2L_EQ.rawValue ? DType.bool : dtype
    let result = AnyTensor(uninitialized: shape, type)
    if isContiguous {
      d2l_binary_scalar(dtype.kernel, op, pointer, scalar, reversed, result.pointer, Int64(count))
    } else {
      let source = copied()
      d2l_binary_scalar(dtype.kernel, op, source.pointer, scalar, reversed, result.pointer, Int64(count))
    }
    return result
  }

  /// self = op(self, other) in this array's own dense memory; `other` broadcasts to it.
  mutating func combine(_ op: d2l_binary_op, _ other: AnyTensor) {
    if shape == other.shape && other.isContiguous {
      d2l_binary(dtype.kernel, op, pointer, other.pointer, pointer, Int64(count))
      return
    }
    let view = other.broadcast(to: shape)
    shape.withPointer { sizes in
      strides.withPointer { own in
        view.strides.withPointer { steps in
          d2l_binary_strided(dtype.kernel, op, pointer, own, view.pointer, steps, pointer, Int32(rank), sizes)
        }
      }
    }
  }

  /// gradient += share, in place where the memory is the gradient's own.
  static func add(_ share: AnyTensor, into gradient: inout AnyTensor) {
    if !isRecording && isKnownUniquelyReferenced(&gradient.storage) && gradient.isContiguous
      && !gradient.storage.isBorrowed
    {
      gradient.combine(D2L_ADD, share)
    } else {
      gradient = gradient + share
    }
  }
}

// MARK: - Arithmetic with derivatives

extension AnyTensor {
  static func + (left: AnyTensor, right: AnyTensor) -> AnyTensor {
    let sum = left.binary(D2L_ADD, right, "add")
    guard isRecorded(left, right) else { return sum }
    let (leftShape, rightShape) = (left.shape, right.shape)
    return sum.recorded("add", left, right) { gradient, node in
      node.send(gradient.reduced(to: leftShape), to: 0)
      node.send(gradient.reduced(to: rightShape), to: 1)
    }
  }

  static func - (left: AnyTensor, right: AnyTensor) -> AnyTensor {
    let difference = left.binary(D2L_SUB, right, "subtract")
    guard isRecorded(left, right) else { return difference }
    let (leftShape, rightShape) = (left.shape, right.shape)
    return difference.recorded("subtract", left, right) { gradient, node in
      node.send(gradient.reduced(to: leftShape), to: 0)
      node.send((-gradient).reduced(to: rightShape), to: 1)
    }
  }

  static func * (left: AnyTensor, right: AnyTensor) -> AnyTensor {
    let product = left.binary(D2L_MUL, right, "multiply")
    guard isRecorded(left, right) else { return product }
    let (x, y) = (left.detached(), right.detached())
    return product.recorded("multiply", left, right) { gradient, node in
      node.send((gradient * y.asInput(1, of: node)).reduced(to: x.shape), to: 0)
      node.send((gradient * x.asInput(0, of: node)).reduced(to: y.shape), to: 1)
    }
  }

  static func / (left: AnyTensor, right: AnyTensor) -> AnyTensor {
    let quotient = left.binary(D2L_DIV, right, "divide")
    guard isRecorded(left, right) else { return quotient }
    let (x, y) = (left.detached(), right.detached())
    return quotient.recorded("divide", left, right) { gradient, node in
      let y = y.asInput(1, of: node)
      node.send((gradient / y).reduced(to: x.shape), to: 0)
      node.send((-(gradient * x.asInput(0, of: node)) / (y * y)).reduced(to: y.shape), to: 1)
    }
  }

  static prefix func - (x: AnyTensor) -> AnyTensor { x.unary(D2L_NEG, "negate") }

  /// x^y; the gradient of the exponent is that of positive bases, 0 where the base is 0.
  func power(_ exponent: AnyTensor) -> AnyTensor {
    let result = binary(D2L_POW, exponent, "pow")
    guard AnyTensor.isRecorded(self, exponent) else { return result }
    let (x, y) = (detached(), exponent.detached())
    return result.recorded("pow", self, exponent) { gradient, node in
      let (x, y) = (x.asInput(0, of: node), y.asInput(1, of: node))
      if node.needs(0) {
        // x^0 is 1 whatever x: without this, 0 · 0^-1 would be NaN.
        let zero = AnyTensor(repeating: 0, shape: [], dtype: x.dtype)
        let slope = AnyTensor.select(y.binary(D2L_EQ, scalar: 0), zero, y * x.power(y.adding(-1)))
        node.send((gradient * slope).reduced(to: x.shape), to: 0)
      }
      if node.needs(1) {
        let zero = AnyTensor(repeating: 0, shape: [], dtype: x.dtype)
        let isZero = x.binary(D2L_EQ, scalar: 0)
        let safe = AnyTensor.select(isZero, zero.adding(1), x)
        let logarithm = AnyTensor.select(isZero, zero, safe.unary(D2L_LOG, "log"))
        node.send((gradient * x.power(y) * logarithm).reduced(to: y.shape), to: 1)
      }
    }
  }

  /// The larger (or smaller) of each pair; equal ones share the gradient in halves.
  func extremum(_ op: d2l_binary_op, _ other: AnyTensor, _ name: StaticString) -> AnyTensor {
    let result = binary(op, other, name)
    guard AnyTensor.isRecorded(self, other) else { return result }
    let (x, y) = (detached(), other.detached())
    return result.recorded(name, self, other) { gradient, node in
      let first = x.binary(op == D2L_MAX ? D2L_GT : D2L_LT, y, name).converted(to: x.dtype)
      let half = x.binary(D2L_EQ, y, name).converted(to: x.dtype).scaled(by: 0.5)
      let share = first + half
      node.send((gradient * share).reduced(to: x.shape), to: 0)
      node.send((gradient * share.subtracted(from: 1)).reduced(to: y.shape), to: 1)
    }
  }

  /// The angle of the point (other, self).
  func arcTangent(over other: AnyTensor) -> AnyTensor {
    let result = binary(D2L_ATAN2, other, "atan2")
    guard AnyTensor.isRecorded(self, other) else { return result }
    let (y, x) = (detached(), other.detached())
    return result.recorded("atan2", self, other) { gradient, node in
      let (y, x) = (y.asInput(0, of: node), x.asInput(1, of: node))
      let scaled = gradient / (x * x + y * y)
      node.send((scaled * x).reduced(to: y.shape), to: 0)
      node.send((-(scaled * y)).reduced(to: x.shape), to: 1)
    }
  }

  func adding(_ scalar: Double) -> AnyTensor {
    binary(D2L_ADD, scalar: scalar).recorded("add", self) { gradient, node in node.send(gradient, to: 0) }
  }

  func scaled(by scalar: Double) -> AnyTensor {
    binary(D2L_MUL, scalar: scalar).recorded("multiply", self) { gradient, node in
      node.send(gradient.scaled(by: scalar), to: 0)
    }
  }

  func divided(by scalar: Double) -> AnyTensor {
    binary(D2L_DIV, scalar: scalar).recorded("divide", self) { gradient, node in
      node.send(gradient.divided(by: scalar), to: 0)
    }
  }

  /// s - x
  func subtracted(from scalar: Double) -> AnyTensor {
    binary(D2L_SUB, scalar: scalar, reversed: true).recorded("subtract", self) { gradient, node in
      node.send(-gradient, to: 0)
    }
  }

  /// s / x
  func dividing(_ scalar: Double) -> AnyTensor {
    let x = detached()
    return binary(D2L_DIV, scalar: scalar, reversed: true).recorded("divide", self) { gradient, node in
      let x = x.asInput(0, of: node)
      node.send((gradient / (x * x)).scaled(by: -scalar), to: 0)
    }
  }

  /// x^p for a constant exponent.
  func power(_ exponent: Double) -> AnyTensor {
    let x = detached()
    return binary(D2L_POW, scalar: exponent).recorded("pow", self) { gradient, node in
      if exponent == 0 {
        node.send(AnyTensor(repeating: 0, shape: x.shape, dtype: x.dtype), to: 0)
        return
      }
      node.send((gradient * x.asInput(0, of: node).power(exponent - 1)).scaled(by: exponent), to: 0)
    }
  }

  /// condition ? x : y with broadcasting.
  static func select(_ condition: AnyTensor, _ x: AnyTensor, _ y: AnyTensor) -> AnyTensor {
    require(condition.dtype == .bool, "select", "the condition is \(condition.dtype), not bool")
    require(x.dtype == y.dtype, "select", "choices of \(x.dtype) and \(y.dtype)")
    guard let pair = x.shape.broadcast(with: y.shape), let common = pair.broadcast(with: condition.shape) else {
      fail("select", "condition \(condition.shape), choices \(x.shape) and \(y.shape) do not broadcast")
    }
    let result = AnyTensor(uninitialized: common, x.dtype)
    let mask = condition.broadcast(to: common).contiguous()
    let (first, second) = (x.broadcast(to: common).contiguous(), y.broadcast(to: common).contiguous())
    d2l_select(x.dtype.kernel, mask.pointer, first.pointer, second.pointer, result.pointer, Int64(result.count))
    let (firstShape, secondShape) = (x.shape, y.shape)
    return result.recorded("select", x, y) { gradient, node in
      let zero = AnyTensor(repeating: 0, shape: [], dtype: gradient.dtype)
      node.send(select(mask, gradient, zero).reduced(to: firstShape), to: 0)
      node.send(select(mask, zero, gradient).reduced(to: secondShape), to: 1)
    }
  }
}
