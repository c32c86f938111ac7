import D2LFiles
import D2LTensor

/// Where a file keeps the elements of one tensor, and how to read them.
struct TensorSlot: Sendable {
  /// What holds the bytes.
  enum Place: Sendable {
    /// A part of a source: the file itself, mostly.
    case stored(any ByteSource, Range<Int>)
    /// Bytes that come to be as they are read, of the length given: a compressed entry, which is checked at its end.
    case packed(byteCount: Int, @Sendable () throws(FileError) -> any ByteStream)

    var byteCount: Int {
      switch self {
      case .stored(_, let range): range.count
      case .packed(let count, _): count
      }
    }
  }

  let place: Place
  let dtype: FileDType
  let shape: Shape
  /// Elements between neighbours along each dimension; nil where they lie dense in row-major order.
  let strides: [Int]?
  /// Elements before the first one.
  let offset: Int
  let order: ByteOrder

  /// Dense elements from the start of `place`. The caller has made the shape with ``checkedShape(_:of:key:file:)``.
  init(_ place: Place, _ dtype: FileDType, _ shape: Shape, order: ByteOrder = .little) {
    self.place = place
    self.dtype = dtype
    self.shape = shape
    self.strides = nil
    self.offset = 0
    self.order = order
  }

  /// Elements at any strides; throws unless all of them lie inside `place`.
  init(
    _ place: Place, _ dtype: FileDType, _ shape: Shape, strides: [Int], offset: Int, order: ByteOrder, key: String,
    file: String
  ) throws(FileError) {
    let available = place.byteCount / dtype.byteWidth
    let last = Self.lastElement(shape, strides, from: offset)
    guard strides.count == shape.count, offset >= 0, let last, last < available || shape.elementCount == 0 else {
      throw FileError(
        file: file, at: .key(key),
        problem: "shape \(shape) with strides \(strides) from element \(offset) on reaches outside the \(available) "
          + "elements that are stored",
        help: "the file is damaged; get it again")
    }
    self.place = place
    self.dtype = dtype
    self.shape = shape
    self.strides = Self.isDense(shape, strides) ? nil : strides
    self.offset = shape.elementCount == 0 ? 0 : offset
    self.order = order
  }

  /// Size of the elements in the file, as if they were dense.
  var byteCount: Int { shape.elementCount * dtype.byteWidth }

  /// Most bytes that ``read(key:file:options:)`` takes at one time: the tensor, and the span that strided elements are picked from.
  /// A stride of 0 or packed zeros let a small file ask for any amount.
  var memory: Int {
    let tensor = shape.elementCount * (dtype.loaded?.byteWidth ?? dtype.byteWidth)
    let (sum, overflow) = tensor.addingReportingOverflow(strides == nil || tensor == 0 ? 0 : span.count)
    return overflow ? .max : sum
  }

  /// The bytes of `place` between the first element and the end of the last; not for empty tensors.
  var span: Range<Int> {
    let start = offset * dtype.byteWidth
    guard let strides else { return start..<(start + byteCount) }
    let reach = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    return start..<(start + (reach + 1) * dtype.byteWidth)
  }

  /// Index of the element furthest back; nil if it cannot be counted or a stride is negative.
  private static func lastElement(_ shape: Shape, _ strides: [Int], from offset: Int) -> Int? {
    guard strides.count == shape.count else { return nil }
    var last = offset
    for (size, stride) in zip(shape, strides) {
      guard stride >= 0 else { return nil }
      if size == 0 { return offset }
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(reach)
      guard !overflow, !carry else { return nil }
      last = sum
    }
    return last
  }

  private static func isDense(_ shape: Shape, _ strides: [Int]) -> Bool {
    var step = 1
    for (size, stride) in zip(shape, strides).reversed() {
      if size == 0 { return true }
      if size != 1, stride != step { return false }
      step *= size
    }
    return true
  }
}

/// The shape that a file states, if it can be that of a tensor: not too many dimensions, no negative size, and a number of
/// bytes that can be counted whatever the order of the factors.
func checkedShape(
  _ sizes: [Int], of dtype: FileDType, key: String, file: String
) throws(FileError) -> Shape {
  guard sizes.count <= Shape.maximumRank else {
    throw FileError(
      file: file, at: .key(key),
      problem: "\(sizes.count) dimensions; a tensor has at most \(Shape.maximumRank)")
  }
  // Eight bytes at least, because the tensor may be wider than the file.
  var bytes = max(dtype.byteWidth, 8)
  for size in sizes {
    let (product, overflow) = bytes.multipliedReportingOverflow(by: max(size, 1))
    guard size >= 0, !overflow else {
      throw FileError(
        file: file, at: .key(key), problem: "the shape \(sizes) is impossible",
        help: "the file is damaged; get it again")
    }
    bytes = product
  }
  return Shape(sizes)
}
