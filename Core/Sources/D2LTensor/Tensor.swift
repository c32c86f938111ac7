import CD2LKernels

/// An n-dimensional array of numbers (or Bool), with gradients for Float and Double.
///
/// A value: a copy shares memory until one of the two is changed. Dense and row-major when made; slices, transposes and
/// broadcasts are views over the same memory with other strides.
///
/// ```swift
/// let x = Tensor<Float>([[0, 1], [2, 3]])
/// let y = (x * x + 1).sum(axis: 0)   // [2]: 5.0, 11.0
/// ```
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The same array without its element type in the type.
  public internal(set) var erased: AnyTensor

  init(_ erased: AnyTensor) { self.erased = erased }

  /// The array in `any`, or nil if its elements are of another type.
  public init?(exactly any: AnyTensor) {
    guard any.dtype == Scalar.dtype else { return nil }
    erased = any
  }

  /// The array in `any`, its elements converted where they are of another type.
  public init(converting any: AnyTensor) {
    erased = any.dtype == Scalar.dtype ? any : any.converted(to: Scalar.dtype)
  }

  /// The sizes of the dimensions, outermost first.
  public var shape: Shape { erased.shape }
  /// How many dimensions there are.
  public var rank: Int { erased.shape.count }
  /// How many elements there are.
  public var count: Int { erased.count }
  /// Whether the elements lie dense in row-major order.
  public var isContiguous: Bool { erased.isContiguous }
  /// The same values, dense: itself where it is already.
  public func contiguous() -> Tensor { Tensor(erased.contiguous()) }
}

// MARK: - Creation

extension Tensor {
  /// An array of the given shape from its elements in row-major order.
  public init(shape: Shape, values: [Scalar]) {
    require(
      values.count == shape.elementCount, "Tensor",
      "\(values.count) values for shape \(shape), which takes \(shape.elementCount)")
    erased = AnyTensor(shape: shape, dtype: Scalar.dtype) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }

  /// A vector.
  public init(_ values: [Scalar]) { self.init(shape: [values.count], values: values) }

  /// A matrix from its rows, which must be of one length.
  public init(_ rows: [[Scalar]]) {
    let width = rows.first?.count ?? 0
    for row in rows where row.count != width {
      fail("Tensor", "rows of \(width) and of \(row.count) elements in one matrix")
    }
    self.init(shape: [rows.count, width], values: Array(rows.joined()))
  }

  /// A three-dimensional array from matrices of one shape.
  public init(_ matrices: [[[Scalar]]]) {
    let parts = matrices.map { Tensor($0) }
    for part in parts where part.shape != parts[0].shape {
      fail("Tensor", "matrices of shapes \(parts[0].shape) and \(part.shape) in one array")
    }
    let shape = parts.first?.shape ?? [0, 0]
    self.init(shape: [parts.count, shape[0], shape[1]], values: parts.flatMap(\.values))
  }

  /// A four-dimensional array from three-dimensional ones of one shape.
  public init(_ blocks: [[[[Scalar]]]]) {
    let parts = blocks.map { Tensor($0) }
    for part in parts where part.shape != parts[0].shape {
      fail("Tensor", "blocks of shapes \(parts[0].shape) and \(part.shape) in one array")
    }
    let shape = parts.first?.shape ?? [0, 0, 0]
    self.init(shape: [parts.count, shape[0], shape[1], shape[2]], values: parts.flatMap(\.values))
  }

  /// A single number, of rank 0.
  public init(_ scalar: Scalar) { self.init(repeating: scalar, shape: []) }

  /// An array with every element equal to `value`.
  public init(repeating value: Scalar, shape: Shape) {
    for size in shape { require(size >= 0, "Tensor", "a negative size in shape \(shape)") }
    erased = AnyTensor(shape: shape, dtype: Scalar.dtype) { bytes in
      bytes.bindMemory(to: Scalar.self).update(repeating: value)
    }
  }

  /// An array whose elements `fill` writes in row-major order.
  public init(shape: Shape, filledBy fill: (UnsafeMutableBufferPointer<Scalar>) throws -> Void) rethrows {
    erased = try AnyTensor(shape: shape, dtype: Scalar.dtype) { try fill($0.bindMemory(to: Scalar.self)) }
  }
}

extension Tensor where Scalar: NumericScalar {
  /// An array of zeros.
  public init(zeros shape: Shape) { erased = AnyTensor(repeating: 0, shape: shape, dtype: Scalar.dtype) }
  /// An array of ones.
  public init(ones shape: Shape) { erased = AnyTensor(repeating: 1, shape: shape, dtype: Scalar.dtype) }
  /// Zeros in the shape of another array.
  public init(zerosLike other: Tensor) { self.init(zeros: other.shape) }
  /// Ones in the shape of another array.
  public init(onesLike other: Tensor) { self.init(ones: other.shape) }

  /// A vector start, start + step, … that stops before `end`.
  public init(rangeFrom start: Scalar, to end: Scalar, by step: Scalar) {
    let (start, end, step) = (start.asDouble, end.asDouble, step.asDouble)
    require(
      step != 0 && step.isFinite && start.isFinite && end.isFinite, "Tensor",
      "a range from \(start) to \(end) by \(step)")
    let count = Swift.max(0, Int(((end - start) / step).rounded(.up)))
    erased = AnyTensor.arange(count: count, start: start, step: step, dtype: Scalar.dtype)
  }

  /// The vector 0, 1, … `count` - 1.
  public init(arange count: Int) {
    require(count >= 0, "Tensor", "a range of \(count) numbers")
    erased = AnyTensor.arange(count: count, start: 0, step: 1, dtype: Scalar.dtype)
  }

  /// The identity matrix of the given size; with `columns`, a matrix with ones on the main diagonal.
  public init(eye rows: Int, columns: Int? = nil) {
    let columns = columns ?? rows
    self.init(zeros: [rows, columns])
    let one = Scalar(fromDouble: 1)
    withUnsafeMutableBufferPointer { buffer in
      for index in 0..<Swift.min(rows, columns) { buffer[index * columns + index] = one }
    }
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// `count` numbers at equal distances from `start` to `end`, both included.
  public init(linearSpaceFrom start: Scalar, to end: Scalar, count: Int) {
    require(count >= 0, "Tensor", "a space of \(count) numbers")
    let step = count > 1 ? (end.asDouble - start.asDouble) / Double(count - 1) : 0
    erased = AnyTensor.arange(count: count, start: start.asDouble, step: step, dtype: Scalar.dtype)
    if count > 1 { withUnsafeMutableBufferPointer { $0[count - 1] = end } }
  }
}

extension AnyTensor {
  static func arange(count: Int, start: Double, step: Double, dtype: DType) -> AnyTensor {
    let result = AnyTensor(uninitialized: [count], dtype)
    d2l_arange(dtype.kernel, result.pointer, start, step, Int64(count))
    return result
  }
}

// MARK: - Values out

extension Tensor {
  /// The elements in row-major order.
  public var values: [Scalar] { withUnsafeBufferPointer { Array($0) } }

  /// The one element of an array that has only one.
  public func item() -> Scalar {
    require(count == 1, "item", "the array is \(shape), not a single number")
    return erased.pointer.load(as: Scalar.self)
  }

  /// Calls `body` with the elements in row-major order.
  public func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    try erased.withUnsafeBytes { try body($0.bindMemory(to: Scalar.self)) }
  }

  /// Calls `body` with the elements in row-major order, to be changed in place. What was recorded for differentiation is kept as it
  /// was: change only arrays that carry no gradient.
  public mutating func withUnsafeMutableBufferPointer<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    try erased.withUnsafeMutableBytes { try body($0.bindMemory(to: Scalar.self)) }
  }

  /// The same values in another element type: floats to integers truncate toward zero and saturate, anything to Bool is "not
  /// zero". Between Float and Double gradients flow through.
  public func converted<Other: TensorScalar>(to type: Other.Type = Other.self) -> Tensor<Other> {
    Tensor<Other>(erased.recordedConversion(to: Other.dtype))
  }
}

extension AnyTensor {
  fileprivate func recordedConversion(to target: DType) -> AnyTensor {
    let source = dtype
    let result = converted(to: target)
    guard source.isFloatingPoint && target.isFloatingPoint else { return result }
    return result.recorded("converted", self) { gradient, node in
      node.send(gradient.recordedConversion(to: source), to: 0)
    }
  }
}
