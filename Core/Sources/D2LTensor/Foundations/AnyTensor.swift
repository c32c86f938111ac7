import CD2LKernels

/// An n-dimensional array whose element type is known when the program runs.
///
/// ``Tensor`` wraps one and fixes the type. On its own it serves where types mix: weight files, optimizers, reports.
/// A value: copies share memory until one is changed. Dense row-major when made; slicing, transposing and broadcasting
/// give views with other strides over the same memory.
public struct AnyTensor: @unchecked Sendable {
  var storage: Storage
  /// Where element [0, 0, …] lies in the storage, in elements.
  var offset: Int
  /// The sizes of the dimensions, outermost first.
  public internal(set) var shape: Shape
  /// Elements between neighbours along each dimension; 0 where a dimension repeats.
  public internal(set) var strides: Strides
  /// The element type.
  public let dtype: DType
  /// The operation that made this array, if it is being recorded for differentiation.
  var node: Node?

  /// A dense array over `storage`, which holds exactly the elements of `shape`.
  init(_ storage: Storage, shape: Shape, dtype: DType) {
    self.storage = storage
    offset = 0
    self.shape = shape
    strides = shape.denseStrides
    self.dtype = dtype
  }

  /// A dense array, contents undefined.
  init(uninitialized shape: Shape, _ dtype: DType) {
    self.init(Storage(byteCount: shape.elementCount * dtype.byteWidth), shape: shape, dtype: dtype)
  }

  /// A view over the same memory. The recorded operation is not carried over.
  init(viewing base: AnyTensor, offset: Int, shape: Shape, strides: Strides) {
    storage = base.storage
    self.offset = offset
    self.shape = shape
    self.strides = strides
    dtype = base.dtype
  }

  /// An array with every element equal to `value`.
  public init(repeating value: Double, shape: Shape, dtype: DType) {
    for size in shape { require(size >= 0, "Tensor", "a negative size in shape \(shape)") }
    self.init(uninitialized: shape, dtype)
    d2l_fill(dtype.kernel, pointer, value, Int64(count))
  }

  /// A dense array over memory that `lender` keeps alive and nobody changes (a mapped file); it is copied when written to.
  public init(borrowing bytes: UnsafeRawBufferPointer, shape: Shape, dtype: DType, from lender: AnyObject) {
    require(
      bytes.count == shape.elementCount * dtype.byteWidth, "AnyTensor",
      "\(bytes.count) bytes for \(shape) of \(dtype)")
    require(
      UInt(bitPattern: bytes.baseAddress) % UInt(dtype.byteWidth) == 0, "AnyTensor", "memory that is not aligned")
    guard let start = bytes.baseAddress else {
      self.init(uninitialized: shape, dtype)
      return
    }
    self.init(Storage(borrowing: start, byteCount: bytes.count, from: lender), shape: shape, dtype: dtype)
  }

  /// A dense array whose bytes `fill` writes.
  public init(shape: Shape, dtype: DType, filledBy fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    self.init(uninitialized: shape, dtype)
    try fill(UnsafeMutableRawBufferPointer(start: pointer, count: count * dtype.byteWidth))
  }

  /// How many elements there are.
  public var count: Int { shape.elementCount }
  /// How many dimensions there are.
  public var rank: Int { shape.count }

  /// The address of element [0, 0, …]. The array must stay bound to a name while a kernel uses it: the memory of a temporary may
  /// be given back before the call.
  var pointer: UnsafeMutableRawPointer { storage.pointer + offset &* dtype.byteWidth }

  /// Whether the elements lie dense in row-major order.
  public var isContiguous: Bool {
    var step = 1
    var index = shape.count - 1
    while index >= 0 {
      let size = shape[index]
      if size == 0 { return true }
      if size != 1 && strides[index] != step { return false }
      step &*= size
      index -= 1
    }
    return true
  }

  /// The same values, dense: itself where it is already.
  public func contiguous() -> AnyTensor {
    if isContiguous { return self }
    var result = copied()
    result.node = node  // the same values: what flows back to one flows back to the other
    return result
  }

  /// A dense copy with memory of its own, not recorded.
  func copied() -> AnyTensor {
    let result = AnyTensor(uninitialized: shape, dtype)
    copy(self, into: result)
    return result
  }

  /// The same values cut off from recorded operations: no gradient flows back through it.
  public func detached() -> AnyTensor {
    var result = self
    result.node = nil
    return result
  }

  /// Calls `body` with the bytes of the elements in row-major order.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let dense = contiguous()
    return try withExtendedLifetime(dense.storage) {
      try body(UnsafeRawBufferPointer(start: dense.pointer, count: count * dtype.byteWidth))
    }
  }

  /// Calls `body` with the elements' bytes, to be changed in place. Memory that is shared is copied first.
  public mutating func withUnsafeMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    makeUniqueAndDense()
    return try body(UnsafeMutableRawBufferPointer(start: pointer, count: count * dtype.byteWidth))
  }

  /// Makes sure that the memory can be written: held by nobody else, dense.
  mutating func makeUniqueAndDense() {
    if isKnownUniquelyReferenced(&storage) && !storage.isBorrowed && isContiguous { return }
    d2l_current_thread_state().pointee.copies_on_write += 1
    let node = node
    self = copied()
    self.node = node
  }

  /// The same values in another element type (see ``TensorScalar/init(fromDouble:)`` for the rules). Not recorded.
  public func converted(to dtype: DType) -> AnyTensor {
    if dtype == self.dtype { return detached() }
    let source = contiguous()
    let result = AnyTensor(uninitialized: shape, dtype)
    d2l_convert(source.dtype.kernel, source.pointer, dtype.kernel, result.pointer, Int64(count))
    return result
  }
}

/// Writes the elements of `source` into the memory of `target`; both may be strided, the shapes are equal.
func copy(_ source: AnyTensor, into target: AnyTensor) {
  source.shape.withPointer { shape in
    source.strides.withPointer { from in
      target.strides.withPointer { to in
        d2l_copy_strided(
          source.dtype.kernel, source.pointer, from, target.pointer, to, Int32(source.rank), shape)
      }
    }
  }
}
