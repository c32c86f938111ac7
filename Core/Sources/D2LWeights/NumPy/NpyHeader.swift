import D2LFiles
import D2LTensor

/// What the beginning of a `.npy` file says of its array.
///
/// Format: NumPy, `numpy.lib.format`: a magic number, a version, a length, and a Python dictionary as text, such as
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NpyHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header that is read. NumPy's own are a hundred bytes long.
  static let lengthLimit = 1 << 20

  /// The element type's code, as `<f4`.
  var descr: String
  var isFortran: Bool
  var shape: [Int]
  /// Where the elements begin.
  var dataOffset: Int

  /// Reads the header; `next` gives the bytes from the file's start on, as many as asked for.
  init(file: String, _ next: (Int) throws(FileError) -> [UInt8]) throws(FileError) {
    let start = try next(8)
    guard Array(start[..<6]) == Self.magic else {
      throw FileError(
        file: file, at: .byte(0), problem: "does not begin with NumPy's magic number", help: "this is not a .npy file")
    }
    let version = start[6]
    guard (1...3).contains(version), start[7] == 0 else {
      throw FileError(
        file: file, at: .byte(6),
        problem: "version \(start[6]).\(start[7]) of the format is unknown; 1.0 to 3.0 are read")
    }
    let lengthSize = version == 1 ? 2 : 4
    let length = try next(lengthSize).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.lengthLimit else {
      throw FileError(
        file: file, at: .byte(8), problem: "the header claims \(length) bytes", help: "get the file again")
    }
    let text = try next(length)
    dataOffset = 8 + lengthSize + length
    let literal = try PythonLiteral.parse(text, file: file, base: 8 + lengthSize)
    guard case .dictionary(let members) = literal, Set(members.map(\.key)) == ["descr", "fortran_order", "shape"],
      members.count == 3
    else { throw Self.wrong(file, "the header is not a dictionary of descr, fortran_order and shape") }
    let fields = Dictionary(uniqueKeysWithValues: members)
    guard case .bool(let isFortran) = fields["fortran_order"] else {
      throw Self.wrong(file, "fortran_order is neither True nor False")
    }
    guard case .tuple(let sizes) = fields["shape"] else { throw Self.wrong(file, "shape is not a tuple") }
    shape = []
    for size in sizes {
      guard case .integer(let size) = size else { throw Self.wrong(file, "shape is not a tuple of numbers") }
      shape.append(size)
    }
    switch fields["descr"] {
    case .string(let descr): self.descr = descr
    default: descr = "a structure"
    }
    self.isFortran = isFortran
  }

  private static func wrong(_ file: String, _ problem: String) -> FileError {
    FileError(file: file, at: .byte(8), problem: problem, help: "the file is damaged; get it again")
  }

  /// The description of an array that lies elsewhere.
  init(descr: String, isFortran: Bool, shape: [Int]) {
    self.descr = descr
    self.isFortran = isFortran
    self.shape = shape
    dataOffset = 0
  }

  /// The element type and its byte order; nil if no tensor can hold it.
  var type: (FileDType, ByteOrder)? {
    var code = descr[...]
    let order: ByteOrder
    switch code.first {
    case "<": order = .little
    case ">": order = .big
    case "|", "=": order = .native
    default: return descr == "?" ? (.bool, .native) : nil
    }
    code.removeFirst()
    return Self.codes[String(code)].map { ($0, order) }
  }

  private static let codes: [String: FileDType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool, "c8": .complex64, "c16": .complex128,
  ]

  /// The slot of the array whose elements are `place`.
  func slot(in place: TensorSlot.Place, key: String, file: String) throws(FileError) -> TensorSlot {
    guard let (dtype, order) = type else {
      throw FileError(
        file: file, at: .key(key), problem: "elements of type '\(descr)' are not supported",
        help: "save the array as numbers, with allow_pickle=False")
    }
    let shape = try checkedShape(shape, of: dtype, key: key, file: file)
    guard place.byteCount == shape.elementCount * dtype.byteWidth else {
      throw FileError(
        file: file, at: .key(key),
        problem: "\(dtype) of shape \(shape) takes \(shape.elementCount * dtype.byteWidth) bytes, "
          + "but \(place.byteCount) follow the header",
        help: "the file is cut off or damaged; get it again")
    }
    guard isFortran, shape.count > 1 else { return TensorSlot(place, dtype, shape, order: order) }
    // The first dimension runs fastest.
    var strides: [Int] = []
    var step = 1
    for size in shape {
      strides.append(step)
      step *= max(size, 1)
    }
    return try TensorSlot(place, dtype, shape, strides: strides, offset: 0, order: order, key: key, file: file)
  }

  /// NumPy's code for a type, with its byte order; nil if NumPy has no such type.
  static func code(of dtype: FileDType) -> String? {
    codes.first { $0.value == dtype }.map { (dtype.byteWidth == 1 ? "|" : "<") + $0.key }
  }

  /// The header of a dense array, as NumPy writes it: version 1.0, padded so that the elements begin at a multiple of 64.
  static func bytes(of dtype: FileDType, _ shape: Shape) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = Array("{'descr': '\(code(of: dtype) ?? "")', 'fortran_order': False, 'shape': (\(sizes)), }".utf8)
    let unpadded = 10 + text.count + 1
    text += [UInt8](repeating: UInt8(ascii: " "), count: (64 - unpadded % 64) % 64) + [UInt8(ascii: "\n")]
    return magic + [1, 0] + withUnsafeBytes(of: UInt16(text.count).littleEndian) { Array($0) } + text
  }
}
