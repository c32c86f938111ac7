// Printing in NumPy's manner: columns aligned, long axes cut in the middle.

extension Tensor: CustomStringConvertible {
  /// The elements in brackets, one pair a dimension, columns aligned; arrays of more than 1,000 elements show three at each end.
  public var description: String { TensorText(self).text }
}

extension Tensor: CustomDebugStringConvertible {
  /// The elements with shape and type.
  public var debugDescription: String { "Tensor<\(Scalar.self)>(shape: \(shape))\n\(description)" }
}

extension Tensor: CustomReflectable {
  /// Shape and element type: a debugger need not unfold memory.
  public var customMirror: Mirror { Mirror(self, children: ["shape": shape, "dtype": Scalar.dtype]) }
}

private struct TensorText {
  private static let threshold = 1000
  private static let edge = 3
  private static let lineWidth = 75

  let shape: Shape
  private let cells: [String]
  private let isCut: Bool
  private let width: Int

  init<Scalar>(_ tensor: Tensor<Scalar>) {
    shape = tensor.shape
    isCut = tensor.count > TensorText.threshold
    let shown = TensorText.visible(shape, isCut: isCut)
    let dense = tensor.contiguous()
    let strides = shape.denseStrides
    let values: [Scalar] = dense.withUnsafeBufferPointer { buffer in
      shown.map { index in
        var position = 0
        for axis in 0..<index.count { position += index[axis] * strides[axis] }
        return buffer[position]
      }
    }
    cells = TensorText.format(values)
    width = cells.reduce(0) { Swift.max($0, $1.count) }
  }

  var text: String {
    if shape.isEmpty { return cells.first ?? "" }
    if shape.contains(0) { return "[]" }
    var next = 0
    return block(axis: 0, next: &next)
  }

  private func block(axis: Int, next: inout Int) -> String {
    let indent = String(repeating: " ", count: axis + 1)
    let size = shape[axis]
    let cut = isCut && size > 2 * TensorText.edge
    if axis == shape.count - 1 {
      var lines: [String] = []
      var line = ""
      for position in 0..<(cut ? 2 * TensorText.edge : size) {
        if cut && position == TensorText.edge { line += line.isEmpty ? "..." : " ..." }
        let cell = String(repeating: " ", count: width - cells[next].count) + cells[next]
        next += 1
        if !line.isEmpty && line.count + cell.count + 1 + axis > TensorText.lineWidth {
          lines.append(line)
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + cell
      }
      lines.append(line)
      return "[" + lines.joined(separator: "\n" + indent) + "]"
    }
    var parts: [String] = []
    for position in 0..<(cut ? 2 * TensorText.edge : size) {
      if cut && position == TensorText.edge { parts.append("...") }
      parts.append(block(axis: axis + 1, next: &next))
    }
    let gap = String(repeating: "\n", count: shape.count - 1 - axis)
    return "[" + parts.joined(separator: gap + indent) + "]"
  }

  /// The index tuples that are printed, in row-major order.
  private static func visible(_ shape: Shape, isCut: Bool) -> [Shape] {
    if shape.contains(0) { return [] }
    var small = shape
    for axis in 0..<shape.count where isCut && shape[axis] > 2 * edge { small[axis] = 2 * edge }
    return small.indicesInOrder().map { index in
      var index = index
      for axis in 0..<shape.count where small[axis] != shape[axis] && index[axis] >= edge {
        index[axis] += shape[axis] - 2 * edge
      }
      return index
    }
  }

  private static func format<Scalar: TensorScalar>(_ values: [Scalar]) -> [String] {
    if Scalar.self == Bool.self { return values.map { $0.asDouble != 0 ? "True" : "False" } }
    guard Scalar.dtype.isFloatingPoint else { return values.map(\.description) }
    let numbers = values.map(\.asDouble)
    let finite = numbers.filter(\.isFinite)
    let sizes = finite.map { Swift.abs($0) }.filter { $0 > 0 }
    let largest = sizes.max() ?? 0
    let smallest = sizes.min() ?? 0
    if largest >= 1e8 || (smallest > 0 && (smallest < 1e-4 || largest / smallest > 1e3) && smallest < 1e-4) {
      return numbers.map { $0.isFinite ? scientific($0) : special($0) }
    }
    // As many decimals, up to four, as some number needs.
    let decimals =
      (0...4).first { digits in
        finite.allSatisfy { Swift.abs(rounded($0, digits) - rounded($0, 4)) < 1e-9 }
      } ?? 4
    return numbers.map { $0.isFinite ? fixed($0, decimals) : special($0) }
  }

  private static func special(_ value: Double) -> String { value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }

  private static func rounded(_ value: Double, _ digits: Int) -> Double {
    let scale = power(digits)
    return (value * scale).rounded(.toNearestOrEven) / scale
  }

  private static func power(_ digits: Int) -> Double { (0..<digits).reduce(1.0) { product, _ in product * 10 } }

  /// "1.25", "3." for whole numbers: NumPy's form.
  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    let scaled = (Swift.abs(value) * power(decimals)).rounded(.toNearestOrEven)
    guard let whole = Int64(exactly: scaled) else { return value.description }
    var digits = String(whole)
    while digits.count <= decimals { digits = "0" + digits }
    let split = digits.index(digits.endIndex, offsetBy: -decimals)
    return (value < 0 && whole != 0 ? "-" : "") + digits[..<split] + "." + digits[split...]
  }

  private static func scientific(_ value: Double) -> String {
    if value == 0 { return "0.0000e+00" }
    var exponent = 0
    var mantissa = Swift.abs(value)
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    if rounded(mantissa, 4) >= 10 {
      mantissa /= 10
      exponent += 1
    }
    let size = Swift.abs(exponent)
    return fixed(value < 0 ? -mantissa : mantissa, 4) + (exponent < 0 ? "e-" : "e+")
      + (size < 10 ? "0\(size)" : "\(size)")
  }
}
