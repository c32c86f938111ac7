import CD2LKernels

// Printing as NumPy does with precision 4: columns aligned at the point, long axes cut in the middle.

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
    cells = TensorText.format(values, isScalar: shape.isEmpty)
  }

  var text: String {
    if shape.isEmpty { return cells.first ?? "" }
    if shape.contains(0) { return "[]" }
    var next = 0
    return block(axis: 0, next: &next)
  }

  /// The brackets of dimension `axis`. Lines are as long as NumPy makes them: each level leaves room for its closing bracket.
  private func block(axis: Int, next: inout Int) -> String {
    let indent = String(repeating: " ", count: axis + 1)
    let size = shape[axis]
    let isShort = isCut && size > 2 * TensorText.edge
    let shown = isShort ? 2 * TensorText.edge : size
    if axis < shape.count - 1 {
      var parts: [String] = []
      for position in 0..<shown {
        if isShort && position == TensorText.edge { parts.append("...") }
        parts.append(block(axis: axis + 1, next: &next))
      }
      let gap = String(repeating: "\n", count: shape.count - 1 - axis)
      return "[" + parts.joined(separator: gap + indent) + "]"
    }
    var lines: [String] = []
    var line = indent
    func extend(_ word: String) {
      if line.count > indent.count && line.count + 1 + word.count > TensorText.lineWidth - axis - 1 {
        lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
        line = indent
      }
      line += (line.count == indent.count ? "" : " ") + word
    }
    for position in 0..<shown {
      if isShort && position == TensorText.edge { extend("...") }
      extend(cells[next])
      next += 1
    }
    lines.append(line)
    return "[" + lines.joined(separator: "\n").dropFirst(indent.count) + "]"
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

  private static func format<Scalar: TensorScalar>(_ values: [Scalar], isScalar: Bool) -> [String] {
    if Scalar.self == Bool.self {
      return values.map { $0.asDouble != 0 ? (isScalar ? "True" : " True") : "False" }
    }
    guard Scalar.dtype.isFloatingPoint else { return aligned(values.map(\.description)) }
    let format = FloatFormat(values)
    return values.map { isScalar ? FloatFormat.whole($0) : format.text($0) }
  }

  private static func aligned(_ cells: [String]) -> [String] {
    let width = cells.reduce(0) { Swift.max($0, $1.count) }
    return cells.map { String(repeating: " ", count: width - $0.count) + $0 }
  }
}

/// How the numbers of one array are written: all positional or all scientific, points in one column.
private struct FloatFormat {
  private static let precision = 4
  private var isScientific = false
  /// Characters before the point (the sign is one), and digits behind it at most.
  private var left = 0
  private var right = 0
  private var exponentDigits = 0

  init<Scalar: TensorScalar>(_ values: [Scalar]) {
    let isSingle = Scalar.dtype == .float32
    let numbers = values.map(\.asDouble)
    let finite = values.filter { $0.asDouble.isFinite }
    let sizes = finite.map { Swift.abs($0.asDouble) }.filter { $0 > 0 }
    if let largest = sizes.max(), let smallest = sizes.min() {
      let ratio = isSingle ? Double(Float(largest) / Float(smallest)) : largest / smallest
      isScientific = largest >= (isSingle ? 1e6 : 1e8) || smallest < 0.0001 || ratio > 1000
    }
    for value in finite {
      let (mantissa, exponent) = FloatFormat.parts(isScientific ? scientific(value) : FloatFormat.positional(value))
      let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
      left = Swift.max(left, halves[0].count)
      right = Swift.max(right, halves[1].count)
      exponentDigits = Swift.max(exponentDigits, exponent.count - 1)
    }
    if finite.count < numbers.count {
      let beyond = (isScientific ? exponentDigits + 2 + right : right) + 1
      let hasMinus = numbers.contains(-Double.infinity)
      left = Swift.max(left, 3 + (hasMinus ? 1 : 0) - beyond)
    }
  }

  /// A number that stands alone: all its digits.
  static func whole<Scalar: TensorScalar>(_ value: Scalar) -> String {
    value.asDouble.isFinite ? value.description : special(value.asDouble)
  }

  func text<Scalar: TensorScalar>(_ value: Scalar) -> String {
    let number = value.asDouble
    let width = left + 1 + right + (isScientific && exponentDigits > 0 ? exponentDigits + 2 : 0)
    if !number.isFinite { return FloatFormat.padded(FloatFormat.special(number), width) }
    if isScientific {
      let (mantissa, exponent) = FloatFormat.parts(FloatFormat.exactly(number, right, scientific: true))
      let sign = exponent.prefix(1)
      let digits = String(exponent.dropFirst())
      let zeros = String(repeating: "0", count: Swift.max(0, exponentDigits - digits.count))
      return FloatFormat.padded("\(mantissa)e\(sign)\(zeros)\(digits)", width)
    }
    let text = FloatFormat.positional(value)
    let digits = text.count - (text.firstIndex(of: ".").map { text.distance(from: text.startIndex, to: $0) } ?? 0) - 1
    return FloatFormat.padded(text + String(repeating: " ", count: right - digits), width)
  }

  private static func special(_ value: Double) -> String { value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - text.count)) + text
  }

  /// The shortest digits that name the value among those of its type, at most four behind the point: "1.25", "3.".
  private static func positional<Scalar: TensorScalar>(_ value: Scalar) -> String {
    let shortest = value.description
    let digits = shortest.split(separator: ".").last?.count ?? 0
    let isPlain = shortest.contains(".") && !shortest.contains("e")
    return trimmed(isPlain && digits <= precision ? shortest : exactly(value.asDouble, precision, scientific: false))
  }

  /// The same as "1.25e+01".
  private func scientific<Scalar: TensorScalar>(_ value: Scalar) -> String {
    let significant = value.description.prefix { $0 != "e" }.filter(\.isNumber)
    let digits = String(significant.drop { $0 == "0" }.reversed().drop { $0 == "0" }).count
    let text = FloatFormat.exactly(
      value.asDouble, Swift.min(FloatFormat.precision, Swift.max(0, digits - 1)), scientific: true)
    let (mantissa, exponent) = FloatFormat.parts(text)
    return FloatFormat.trimmed(mantissa) + "e" + exponent
  }

  private static func parts(_ text: String) -> (mantissa: String, exponent: String) {
    let halves = text.split(separator: "e")
    return (String(halves[0]), halves.count > 1 ? String(halves[1]) : "")
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    return text
  }

  /// Rounded exactly, always with a point.
  private static func exactly(_ value: Double, _ digits: Int, scientific: Bool) -> String {
    var buffer = [CChar](repeating: 0, count: 400)
    let length = d2l_format(value, Int32(digits), scientific, &buffer, buffer.count)
    var text = String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if !text.contains(".") {
      text.insert(".", at: text.firstIndex(of: "e") ?? text.endIndex)
    }
    return text
  }
}
