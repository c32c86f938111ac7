import D2LFiles

extension Unpickler {
  /// State of an array: (version, shape, dtype, is_fortran, bytes).
  mutating func fill(_ id: Int, _ state: PickleValue, at start: Int) throws(FileError) {
    guard let fields = heap.sequence(state), fields.count == 5, let sizes = heap.integers(fields[1]),
      case .arrayType(let type) = fields[2], let bytes = rawBytes(fields[4])
    else { throw error("a NumPy array without shape, type and bytes", at: start) }
    var isFortran = false
    if case .bool(true) = fields[3] { isFortran = true }
    heap.arrays[id] = PickledArray(sizes: sizes, type: heap.arrayTypes[type], isFortran: isFortran, bytes: bytes)
  }

  /// `_frombuffer(bytes, dtype, shape, order)`.
  mutating func array(_ arguments: [PickleValue], at start: Int) throws(FileError) -> PickleValue {
    guard arguments.count == 4, let bytes = rawBytes(arguments[0]), case .arrayType(let type) = arguments[1],
      let sizes = heap.integers(arguments[2]), case .string(let order) = arguments[3]
    else { throw error("a NumPy array without bytes, type, shape and order", at: start) }
    heap.arrays.append(
      PickledArray(sizes: sizes, type: heap.arrayTypes[type], isFortran: order == "F", bytes: bytes))
    return .array(heap.arrays.count - 1)
  }

  private mutating func rawBytes(_ value: PickleValue) -> [UInt8]? {
    switch value {
    case .bytes(let bytes): bytes
    case .string(let text): latin1(text)  // Python 2
    default: nil
    }
  }

  /// `scalar(dtype, bytes)`, as the best accuracy in a checkpoint.
  mutating func arrayScalar(_ arguments: [PickleValue], at start: Int) throws(FileError) -> PickleValue {
    guard arguments.count == 2, case .arrayType(let type) = arguments[0], let bytes = rawBytes(arguments[1]) else {
      throw error("a NumPy number without type and bytes", at: start)
    }
    let code = heap.arrayTypes[type]
    let size = code.dropFirst(2)
    let isBig = code.hasPrefix(">")
    guard bytes.count == Int(size) ?? 0, bytes.count <= 8, !bytes.isEmpty else {
      throw error("a NumPy number of type '\(code)' is not supported", at: start)
    }
    let ordered = isBig ? bytes.reversed() : bytes
    let pattern = ordered.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch code.dropFirst() {
    case "f8": return .double(Double(bitPattern: pattern))
    case "f4": return .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern))))
    case "f2": return .double(Double(Float(bitPattern: floatBits(ofHalf: UInt16(truncatingIfNeeded: pattern)))))
    case "b1": return .bool(pattern != 0)
    case "i1", "i2", "i4", "i8": return integer(ordered)
    case "u1", "u2", "u4", "u8": return integer(ordered + [0])
    default: throw error("a NumPy number of type '\(code)' is not supported", at: start)
    }
  }
}
