/// The sizes of an array's dimensions, outermost first: `[batch, channels, height, width]`.
///
/// At most ``Shape/maximumRank`` sizes, held in place: making, copying and comparing shapes allocates nothing.
public struct Shape: Sendable, RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral {
  /// The most dimensions an array may have.
  public static let maximumRank = 8

  private typealias Sizes = (Int, Int, Int, Int, Int, Int, Int, Int)
  private var sizes: Sizes = (0, 0, 0, 0, 0, 0, 0, 0)
  /// How many dimensions there are.
  public private(set) var count: Int

  /// The sizes given, outermost first.
  public init(_ sizes: some Collection<Int>) {
    require(sizes.count <= Shape.maximumRank, "Shape", "\(sizes.count) dimensions; at most \(Shape.maximumRank)")
    count = 0
    for size in sizes { append(size) }
  }

  /// `size` repeated `count` times.
  public init(repeating size: Int, count: Int) {
    require(0...Shape.maximumRank ~= count, "Shape", "\(count) dimensions; at most \(Shape.maximumRank)")
    self.count = 0
    for _ in 0..<count { append(size) }
  }

  /// The sizes listed, outermost first.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Adds a dimension at the end.
  public mutating func append(_ size: Int) {
    require(count < Shape.maximumRank, "Shape", "more than \(Shape.maximumRank) dimensions")
    count += 1
    self[count - 1] = size
  }

  /// Adds a dimension before the one at `index` (which may be `count`).
  public mutating func insert(_ size: Int, at index: Int) {
    append(size)
    var position = count - 1
    while position > index {
      swapAt(position, position - 1)
      position -= 1
    }
  }

  /// Takes out the dimension at `index`.
  @discardableResult
  public mutating func remove(at index: Int) -> Int {
    let size = self[index]
    for position in index..<(count - 1) { self[position] = self[position + 1] }
    self[count - 1] = 0
    count -= 1
    return size
  }

  /// The first dimension.
  public var startIndex: Int { 0 }
  /// One past the last dimension.
  public var endIndex: Int { count }

  /// The size of the dimension at `index`, counted from the outermost.
  public subscript(index: Int) -> Int {
    @inline(__always) get {
      require(index >= 0 && index < count, "Shape", "index \(index) in a shape of \(count) dimensions")
      return unchecked(index)
    }
    @inline(__always) set {
      require(index >= 0 && index < count, "Shape", "index \(index) in a shape of \(count) dimensions")
      withUnsafeMutableBytes(of: &sizes) { $0.storeBytes(of: newValue, toByteOffset: index &* 8, as: Int.self) }
    }
  }

  /// The size at an index that is known to be within `count`.
  @inline(__always)
  private func unchecked(_ index: Int) -> Int {
    withUnsafeBytes(of: sizes) { $0.load(fromByteOffset: index &* 8, as: Int.self) }
  }

  /// How many elements an array of this shape has: 1 for the empty shape.
  public var elementCount: Int {
    var product = 1
    for index in 0..<count {
      let (next, overflow) = product.multipliedReportingOverflow(by: unchecked(index))
      require(!overflow, "Shape", "\(self) has more elements than can be counted")
      product = next
    }
    return product
  }

  /// The strides of a dense row-major array of this shape.
  var denseStrides: Strides {
    var strides = self
    var step = 1
    var index = count - 1
    while index >= 0 {
      let size = unchecked(index)
      withUnsafeMutableBytes(of: &strides.sizes) { $0.storeBytes(of: step, toByteOffset: index &* 8, as: Int.self) }
      step &*= size
      index -= 1
    }
    return strides
  }

  /// Calls `body` with the sizes as the kernels read them.
  @inline(__always)
  func withPointer<Result>(_ body: (UnsafePointer<Int64>) -> Result) -> Result {
    withUnsafePointer(to: sizes) { body(UnsafeRawPointer($0).assumingMemoryBound(to: Int64.self)) }
  }
}

/// Distances in elements between neighbours along each dimension.
public typealias Strides = Shape

extension Shape: Hashable {
  /// Whether all sizes are equal.
  public static func == (left: Shape, right: Shape) -> Bool {
    // Sizes past `count` are zero.
    left.count == right.count && left.sizes.0 == right.sizes.0 && left.sizes.1 == right.sizes.1
      && left.sizes.2 == right.sizes.2 && left.sizes.3 == right.sizes.3 && left.sizes.4 == right.sizes.4
      && left.sizes.5 == right.sizes.5 && left.sizes.6 == right.sizes.6 && left.sizes.7 == right.sizes.7
  }

  /// Hashes the sizes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for size in self { hasher.combine(size) }
  }
}

extension Shape: CustomStringConvertible {
  /// The sizes in brackets.
  public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}

extension Shape {
  /// The dimension that a possibly negative number names: -1 is the last.
  func axis(_ axis: Int, in operation: StaticString) -> Int {
    let index = axis < 0 ? axis + count : axis
    require(index >= 0 && index < count, operation, "axis \(axis) of an array of shape \(self)")
    return index
  }

  /// The shape that `self` and `other` broadcast to, or nil if they do not: sizes are compared from the last dimension
  /// backwards and must agree or be 1.
  func broadcast(with other: Shape) -> Shape? {
    if self == other { return self }
    let (long, short) = count >= other.count ? (self, other) : (other, self)
    var result = long
    let shift = long.count - short.count
    for index in 0..<short.count {
      let a = long[index + shift]
      let b = short[index]
      if a == b || b == 1 { continue }
      if a == 1 { result[index + shift] = b } else { return nil }
    }
    return result
  }
}
