import D2LFiles
import D2LTensor

extension TensorSlot {
  /// The tensor: in the mapped file where that is possible, else a copy.
  func read(key: String, file: String, options: ReadOptions) throws(FileError) -> AnyTensor {
    guard let target = dtype.loaded else {
      throw FileError(
        file: file, at: .key(key), problem: "elements of type \(dtype) are not supported",
        help: "convert the tensor to float32 before saving it")
    }
    if options.borrowsMappedMemory, let tensor = try borrow(as: target, key) { return tensor }
    return try AnyTensor.filled(shape, target) { buffer throws(FileError) in
      guard !buffer.isEmpty else { return }
      try forEachPiece(wideningTo: target.byteWidth, in: buffer, key) { piece, output throws(FileError) in
        try convert(piece, to: output, key, file)
      }
      if dtype == .bool { try checkBools(UnsafeRawBufferPointer(buffer), key, file) }
    }
  }

  /// The elements as they are stored, dense and little-endian.
  func readBytes(key: String, file: String) throws(FileError) -> [UInt8] {
    guard byteCount > 0 else { return [] }
    var result = [UInt8](repeating: 0, count: byteCount)
    let outcome = result.withUnsafeMutableBytes { buffer -> Result<Void, FileError> in
      Result { () throws(FileError) in
        try forEachPiece(wideningTo: dtype.byteWidth, in: buffer, key) { _, _ throws(FileError) in }
      }
    }
    try outcome.get()
    return result
  }

  /// The tensor over the mapped pages; nil if they are not mapped, not dense, not aligned or not what memory holds.
  private func borrow(as target: DType, _ key: String) throws(FileError) -> AnyTensor? {
    guard strides == nil, case .stored(let source, let range) = place, let mapped = source as? MappedFile,
      dtype.isLoadedAsIs, order == .native || dtype.byteWidth == 1, byteCount > 0
    else { return nil }
    // No page is touched here: one that another program cuts away would end the process.
    if dtype == .bool { return nil }
    let whole = try mapped.checkedRange(at: range.lowerBound, count: range.count, of: "the tensor \"\(key)\"")
    let start = whole.lowerBound + span.lowerBound
    return try mapped.withUnsafeBytes(in: start..<(start + byteCount)) { bytes throws(FileError) -> AnyTensor? in
      guard UInt(bitPattern: bytes.baseAddress) % UInt(dtype.byteWidth) == 0 else { return nil }
      // The pages stay where they are as long as the file is mapped, and the tensor holds on to it.
      return AnyTensor(borrowing: bytes, shape: shape, dtype: target, from: mapped)
    }
  }

  // MARK: Copies

  /// Writes the stored elements in row-major order, in this machine's byte order, to `buffer`, which has room for elements of `width` bytes.
  ///
  /// `body` turns a piece of them into what `buffer` is to hold. Where the width stays, both are the same memory; where elements become wider, they
  /// come a piece at a time, so that no second copy of the whole is made.
  private func forEachPiece(
    wideningTo width: Int, in buffer: UnsafeMutableRawBufferPointer, _ key: String,
    _ body: (UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    let total = shape.elementCount
    let stored = dtype.byteWidth
    let isWidened = width != stored
    let pieceCount = isWidened ? min(total, 1 << 16) : total
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: isWidened ? pieceCount * stored : 1, alignment: 16)
    defer { scratch.deallocate() }
    var elements = try ElementReader(self, key)
    var done = 0
    while done < total {
      let count = min(pieceCount, total - done)
      let output = UnsafeMutableRawBufferPointer(rebasing: buffer[(done * width)..<((done + count) * width)])
      let piece = isWidened ? UnsafeMutableRawBufferPointer(rebasing: scratch[..<(count * stored)]) : output
      try elements.read(into: piece)
      if order != .native { swapBytes(piece, width: dtype.partWidth) }
      try body(piece, output)
      done += count
    }
    try elements.finish()
  }
}

/// The elements of a slot one after the other, as they are stored.
private struct ElementReader {
  /// The bytes from the first element on, if they are dense.
  private let stream: any ByteStream
  /// What strided elements are picked from, and where in it the next one is.
  private var walk: StridedWalk?
  private let key: String

  init(_ slot: TensorSlot, _ key: String) throws(FileError) {
    self.key = key
    switch slot.place {
    case .stored(let source, let range):
      let whole = try source.checkedRange(at: range.lowerBound, count: range.count, of: "the tensor \"\(key)\"")
      let start = whole.lowerBound + slot.span.lowerBound
      stream = try SourceStream(source, in: start..<(start + slot.span.count))
    case .packed(_, let open):
      stream = try open()
      try stream.skip(slot.span.lowerBound)
    }
    guard let strides = slot.strides else { return }
    var span = [UInt8](repeating: 0, count: slot.span.count)
    let outcome = span.withUnsafeMutableBytes { buffer in
      Result { () throws(FileError) in try readDense(into: buffer) }
    }
    try outcome.get()
    walk = StridedWalk(shape: slot.shape, strides: strides, width: slot.dtype.byteWidth, span: span)
  }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    if walk == nil { try readDense(into: buffer) } else { walk?.pick(into: buffer) }
  }

  private func readDense(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    let count = try stream.readFully(into: buffer)
    guard count == buffer.count else {
      throw FileError(
        file: stream.file, at: .key(key), problem: "the data is shorter than its shape needs",
        help: "the file is cut off or damaged; get it again")
    }
  }

  /// Reads what is left, behind which a packed entry compares its checksum.
  func finish() throws(FileError) {
    try stream.forEachChunk { _ throws(FileError) in }
  }
}

/// A walk over strided elements in row-major order, the last dimension fastest, which can be interrupted.
private struct StridedWalk {
  private let shape: Shape
  private let strides: [Int]
  private let width: Int
  private let span: [UInt8]
  private var index: [Int]
  private var position = 0

  init(shape: Shape, strides: [Int], width: Int, span: [UInt8]) {
    self.shape = shape
    self.strides = strides
    self.width = width
    self.span = span
    index = [Int](repeating: 0, count: shape.count)
  }

  /// The next elements, as many as `buffer` takes.
  mutating func pick(into buffer: UnsafeMutableRawBufferPointer) {
    switch width {
    case 16: pick(SIMD2<UInt64>.self, into: buffer)
    case 8: pick(UInt64.self, into: buffer)
    case 4: pick(UInt32.self, into: buffer)
    case 2: pick(UInt16.self, into: buffer)
    default: pick(UInt8.self, into: buffer)
    }
  }

  private mutating func pick<Word>(_ type: Word.Type, into buffer: UnsafeMutableRawBufferPointer) {
    let target = buffer.assumingMemoryBound(to: Word.self)
    var (index, from) = (index, position)
    span.withUnsafeBytes { bytes in
      for to in target.indices {
        target[to] = bytes.loadUnaligned(fromByteOffset: from * width, as: Word.self)
        var dimension = shape.count - 1
        while dimension >= 0 {
          index[dimension] += 1
          from += strides[dimension]
          if index[dimension] < shape[dimension] { break }
          from -= strides[dimension] * shape[dimension]
          index[dimension] = 0
          dimension -= 1
        }
      }
    }
    (self.index, position) = (index, from)
  }
}

extension AnyTensor {
  /// A tensor whose bytes `fill` writes; like the initializer, with the error's type kept.
  static func filled(
    _ shape: Shape, _ dtype: DType, _ fill: (UnsafeMutableRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) -> AnyTensor {
    var failure: FileError?
    let result = AnyTensor(shape: shape, dtype: dtype) { buffer in
      do throws(FileError) { try fill(buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }
}

extension DType {
  /// The name of this type in files.
  var inFile: FileDType { FileDType(self) }
}
