import D2LFiles
import D2LTensor

/// One TensorProto: where its numbers lie.
struct OnnxTensor {
  private(set) var name = ""
  private var sizes: [Int] = []
  private var type = 0
  private var place: Range<Int>?
  /// Where numbers lie that are stored as varints, whatever the width of their type.
  private var packed: [Range<Int>] = []
  private let start: Int

  /// Most pieces that packed numbers come in. Every writer makes one.
  private static let pieceLimit = 64

  init(in range: Range<Int>, of source: any ByteSource) throws(FileError) {
    start = range.lowerBound
    var tensor = try ProtobufReader(source, in: range)
    var isOutside = false
    while let (number, value) = try tensor.next() {
      switch (number, value) {
      case (1, .varint(let size)): sizes.append(Int(truncatingIfNeeded: size))
      case (1, .bytes(let range)):
        var part = try ProtobufReader(source, in: range)
        while !part.isAtEnd, sizes.count <= Shape.maximumRank {
          sizes.append(Int(truncatingIfNeeded: try part.varint()))
        }
      case (2, .varint(let code)): type = Int(truncatingIfNeeded: code)
      case (8, .bytes(let range)): name = try tensor.text(range)
      // Raw bytes, float_data and double_data lie as in memory.
      case (9, .bytes(let range)), (4, .bytes(let range)), (10, .bytes(let range)):
        guard place == nil || place?.isEmpty == true else { throw tensor.damaged("numbers in two pieces", at: start) }
        place = range
      // int32_data, int64_data and uint64_data.
      case (5, .bytes(let range)), (7, .bytes(let range)), (11, .bytes(let range)): packed.append(range)
      case (5, .varint), (7, .varint), (11, .varint):
        throw tensor.damaged("numbers that are not packed together", at: start)
      case (14, .varint(let location)): isOutside = location != 0
      default: continue
      }
      guard sizes.count <= Shape.maximumRank, packed.count <= Self.pieceLimit else {
        throw tensor.damaged("a tensor of more dimensions or pieces than there can be", at: start)
      }
    }
    guard !isOutside else {
      throw FileError(
        file: source.file, at: .key(name), problem: "the numbers lie in another file, which is not supported",
        help: "save the model in one file")
    }
  }

  func slot(in source: any ByteSource) throws(FileError) -> TensorSlot {
    let file = source.file
    guard let dtype = Self.dtypes[type] else {
      throw FileError(
        file: file, at: .key(name), problem: "elements of ONNX's type \(type) are not supported",
        help: "convert the model to float32 first")
    }
    let shape = try checkedShape(sizes, of: dtype, key: name, file: file)
    let width = dtype.byteWidth
    let stored: TensorSlot.Place
    if packed.isEmpty {
      stored = .stored(source, place ?? start..<start)
    } else {
      guard place == nil else {
        throw FileError(file: file, at: .key(name), problem: "numbers of two kinds", help: "get the file again")
      }
      let (packed, key) = (packed, name)
      let count = try VarintStream.count(in: packed, of: source)
      stored = .packed(byteCount: count * width) { () throws(FileError) in
        VarintStream(source, packed, width: width, key: key)
      }
    }
    guard stored.byteCount == shape.elementCount * width else {
      throw FileError(
        file: file, at: .key(name),
        problem:
          "\(dtype) of shape \(shape) takes \(shape.elementCount * width) bytes, but there are \(stored.byteCount)",
        help: "the file is damaged; get it again")
    }
    return TensorSlot(stored, dtype, shape)
  }

  /// TensorProto.DataType.
  private static let dtypes: [Int: FileDType] = [
    1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 9: .bool, 10: .float16, 11: .float64,
    12: .uint32, 13: .uint64, 14: .complex64, 15: .complex128, 16: .bfloat16, 17: .float8e4m3fn, 18: .float8e4m3fnuz,
    19: .float8e5m2, 20: .float8e5m2fnuz,
  ]
}

/// Numbers packed as varints, unpacked to elements of one width.
private final class VarintStream: ByteStream {
  let file: String
  private let source: any ByteSource
  private let width: Int
  private let key: String
  private var pieces: ArraySlice<Range<Int>>
  private var reader: ProtobufReader?
  /// The rest of a number of which there was no room for all.
  private var rest: ArraySlice<UInt8> = []

  init(_ source: any ByteSource, _ pieces: [Range<Int>], width: Int, key: String) {
    file = source.file
    self.source = source
    self.pieces = pieces[...]
    self.width = width
    self.key = key
  }

  /// How many numbers there are: each ends in the one byte whose upper bit is clear.
  static func count(in pieces: [Range<Int>], of source: any ByteSource) throws(FileError) -> Int {
    var count = 0
    for piece in pieces {
      try SourceStream(source, in: piece).forEachChunk { bytes throws(FileError) in
        for byte in bytes where byte < 0x80 { count += 1 }
      }
    }
    return count
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var done = 0
    while done < buffer.count {
      if rest.isEmpty {
        guard let number = try next() else { break }
        rest = withUnsafeBytes(of: number.littleEndian) { Array($0.prefix(width)) }[...]
      }
      let part = rest.prefix(buffer.count - done)
      UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).copyBytes(from: part)
      rest = rest.dropFirst(part.count)
      done += part.count
    }
    return done
  }

  private func next() throws(FileError) -> UInt64? {
    while reader?.isAtEnd ?? true {
      guard let piece = pieces.popFirst() else { return nil }
      reader = try ProtobufReader(source, in: piece)
    }
    guard let number = try reader?.varint() else { return nil }
    // Negative numbers of narrow types are extended to 64 bits.
    let unused = UInt64.max << UInt64(8 * width - 1)
    guard width == 8 || number & (unused << 1) == 0 || number & unused == unused else {
      throw FileError(
        file: file, at: .key(key), problem: "the value \(number) does not fit an element of \(width) bytes",
        help: "the file is damaged; get it again")
    }
    return number
  }
}
