import CD2LKernels

// The operators, as few as will do: each overload costs every expression type-checking time.
extension Tensor where Scalar: NumericScalar {
  /// Element by element, with broadcasting.
  public static func + (left: Tensor, right: Tensor) -> Tensor { Tensor(left.erased + right.erased) }
  /// Element by element, with broadcasting.
  public static func - (left: Tensor, right: Tensor) -> Tensor { Tensor(left.erased - right.erased) }
  /// Element by element, with broadcasting. For the matrix product see ``matmul(_:)``.
  public static func * (left: Tensor, right: Tensor) -> Tensor { Tensor(left.erased * right.erased) }
  /// Every element plus a number.
  public static func + (left: Tensor, right: Scalar) -> Tensor { Tensor(left.adding(right)) }
  /// Every element plus a number.
  public static func + (left: Scalar, right: Tensor) -> Tensor { Tensor(right.adding(left)) }
  /// Every element less a number.
  public static func - (left: Tensor, right: Scalar) -> Tensor {
    left.exactly(right) {
      Tensor(left.erased.adding(-$0))
    } otherwise: {
      left - Tensor(right)
    }
  }
  /// A number less every element.
  public static func - (left: Scalar, right: Tensor) -> Tensor {
    right.exactly(left) {
      Tensor(right.erased.subtracted(from: $0))
    } otherwise: {
      Tensor(left) - right
    }
  }
  /// Every element times a number.
  public static func * (left: Tensor, right: Scalar) -> Tensor { Tensor(left.scaled(right)) }
  /// Every element times a number.
  public static func * (left: Scalar, right: Tensor) -> Tensor { Tensor(right.scaled(left)) }
  /// The opposite of every element.
  public static prefix func - (x: Tensor) -> Tensor { Tensor(-x.erased) }

  /// Adds in place where the memory is this array's own and nothing is being recorded.
  public static func += (left: inout Tensor, right: Tensor) { left.update(D2L_ADD, right) { $0 + $1 } }
  /// Subtracts in place where it can.
  public static func -= (left: inout Tensor, right: Tensor) { left.update(D2L_SUB, right) { $0 - $1 } }
  /// Multiplies in place where it can.
  public static func *= (left: inout Tensor, right: Tensor) { left.update(D2L_MUL, right) { $0 * $1 } }
  /// Adds a number in place where it can.
  public static func += (left: inout Tensor, right: Scalar) { left.update(D2L_ADD, right) { $0 + right } }
  /// Subtracts a number in place where it can.
  public static func -= (left: inout Tensor, right: Scalar) { left.update(D2L_SUB, right) { $0 - right } }
  /// Multiplies by a number in place where it can.
  public static func *= (left: inout Tensor, right: Scalar) { left.update(D2L_MUL, right) { $0 * right } }

  /// The remainder of division, with the divisor's sign.
  public func remainder(dividingBy divisor: Tensor) -> Tensor {
    requireNoZero(divisor, "remainder")
    return Tensor(erased.binary(D2L_REMAINDER, divisor.erased, "remainder"))
  }
  /// The quotient rounded toward minus infinity.
  public func floorDivided(by divisor: Tensor) -> Tensor {
    requireNoZero(divisor, "floorDivided")
    return Tensor(erased.binary(D2L_FLOOR_DIV, divisor.erased, "floorDivided"))
  }

  /// Integers have no quotient by zero; floats have (infinity or NaN).
  private func requireNoZero(_ divisor: Tensor, _ name: StaticString) {
    if Scalar.dtype.isFloatingPoint { return }
    let zero = divisor.erased.binary(D2L_EQ, scalar: 0)
    require(!Tensor<Bool>(zero).any().item(), name, "an integer is divided by zero")
  }

  /// Runs `body` with the number as Double, or `otherwise` if Double cannot hold it.
  private func exactly(_ value: Scalar, _ body: (Double) -> Tensor, otherwise: () -> Tensor) -> Tensor {
    let number = value.asDouble
    return Scalar.dtype != .int64 || abs(number) < 9_007_199_254_740_992 ? body(number) : otherwise()
  }

  private func adding(_ value: Scalar) -> AnyTensor {
    exactly(value) {
      Tensor(erased.adding($0))
    } otherwise: {
      self + Tensor(value)
    }.erased
  }

  private func scaled(_ value: Scalar) -> AnyTensor {
    exactly(value) {
      Tensor(erased.scaled(by: $0))
    } otherwise: {
      self * Tensor(value)
    }.erased
  }

  private mutating func update(_ op: d2l_binary_op, _ other: Tensor, _ functional: (Tensor, Tensor) -> Tensor) {
    let isTracked = isRecording && (erased.node != nil || other.erased.node != nil)
    require(
      shape.broadcast(with: other.shape) == shape, "in-place arithmetic",
      "left is \(shape), right is \(other.shape), which does not broadcast to it")
    if isTracked {
      self = functional(self, other)
      return
    }
    erased.forgetOperation()
    erased.makeUniqueAndDense()
    erased.combine(op, other.erased)
  }

  private mutating func update(_ op: d2l_binary_op, _ value: Scalar, _ functional: (Tensor) -> Tensor) {
    if isRecording && erased.node != nil || Scalar.dtype == .int64 {
      self = functional(self)
      return
    }
    erased.forgetOperation()
    erased.makeUniqueAndDense()
    d2l_binary_scalar(Scalar.dtype.kernel, op, erased.pointer, value.asDouble, false, erased.pointer, Int64(count))
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Element by element, with broadcasting.
  public static func / (left: Tensor, right: Tensor) -> Tensor { Tensor(left.erased / right.erased) }
  /// Every element divided by a number.
  public static func / (left: Tensor, right: Scalar) -> Tensor { Tensor(left.erased.divided(by: right.asDouble)) }
  /// A number divided by every element.
  public static func / (left: Scalar, right: Tensor) -> Tensor { Tensor(right.erased.dividing(left.asDouble)) }
  /// Divides in place where it can.
  public static func /= (left: inout Tensor, right: Tensor) { left.update(D2L_DIV, right) { $0 / $1 } }
  /// Divides by a number in place where it can.
  public static func /= (left: inout Tensor, right: Scalar) { left.update(D2L_DIV, right) { $0 / right } }
}

// MARK: - Comparison and logic

infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence
infix operator .&& : LogicalConjunctionPrecedence
infix operator .|| : LogicalDisjunctionPrecedence

extension Tensor {
  /// Element by element, with broadcasting. (`==` compares whole arrays.)
  public static func .== (left: Tensor, right: Tensor) -> Tensor<Bool> { left.compare(D2L_EQ, right) }
  /// Element by element, with broadcasting.
  public static func .!= (left: Tensor, right: Tensor) -> Tensor<Bool> { left.compare(D2L_NE, right) }
  /// Every element with one value.
  public static func .== (left: Tensor, right: Scalar) -> Tensor<Bool> { left.compare(D2L_EQ, Tensor(right)) }
  /// Every element with one value.
  public static func .!= (left: Tensor, right: Scalar) -> Tensor<Bool> { left.compare(D2L_NE, Tensor(right)) }

  private func compare(_ op: d2l_binary_op, _ other: Tensor) -> Tensor<Bool> {
    Tensor<Bool>(erased.binary(op, other.erased, "compare"))
  }
}

extension Tensor where Scalar: NumericScalar {
  /// Element by element, with broadcasting.
  public static func .< (left: Tensor, right: Tensor) -> Tensor<Bool> { left.order(D2L_LT, right) }
  /// Element by element, with broadcasting.
  public static func .<= (left: Tensor, right: Tensor) -> Tensor<Bool> { left.order(D2L_LE, right) }
  /// Element by element, with broadcasting.
  public static func .> (left: Tensor, right: Tensor) -> Tensor<Bool> { left.order(D2L_GT, right) }
  /// Element by element, with broadcasting.
  public static func .>= (left: Tensor, right: Tensor) -> Tensor<Bool> { left.order(D2L_GE, right) }
  /// Every element with one value.
  public static func .< (left: Tensor, right: Scalar) -> Tensor<Bool> { left.order(D2L_LT, Tensor(right)) }
  /// Every element with one value.
  public static func .<= (left: Tensor, right: Scalar) -> Tensor<Bool> { left.order(D2L_LE, Tensor(right)) }
  /// Every element with one value.
  public static func .> (left: Tensor, right: Scalar) -> Tensor<Bool> { left.order(D2L_GT, Tensor(right)) }
  /// Every element with one value.
  public static func .>= (left: Tensor, right: Scalar) -> Tensor<Bool> { left.order(D2L_GE, Tensor(right)) }

  private func order(_ op: d2l_binary_op, _ other: Tensor) -> Tensor<Bool> {
    Tensor<Bool>(erased.binary(op, other.erased, "compare"))
  }
}

extension Tensor where Scalar == Bool {
  /// True where both are.
  public static func .&& (left: Tensor, right: Tensor) -> Tensor {
    Tensor(left.erased.binary(D2L_AND, right.erased, "and"))
  }
  /// True where one is.
  public static func .|| (left: Tensor, right: Tensor) -> Tensor {
    Tensor(left.erased.binary(D2L_OR, right.erased, "or"))
  }
  /// True where this is false.
  public static prefix func ! (x: Tensor) -> Tensor { Tensor(x.erased.applying(D2L_NOT)) }
  /// True where exactly one is.
  public func xor(_ other: Tensor) -> Tensor { Tensor(erased.binary(D2L_XOR, other.erased, "xor")) }
}

extension Tensor: Equatable {
  /// Whether shapes and all elements are equal. NaN equals nothing.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    left.shape == right.shape && Tensor<Bool>(left.erased.binary(D2L_EQ, right.erased, "==")).all().item()
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Whether shapes are equal and every |a - b| <= absolute + relative |b|. NaN is close to nothing.
  public func isClose(to other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8) -> Bool {
    guard shape == other.shape else { return false }
    return zip(values, other.values).allSatisfy { a, b in
      a == b || abs(a.asDouble - b.asDouble) <= absolute + relative * abs(b.asDouble)
    }
  }
}
