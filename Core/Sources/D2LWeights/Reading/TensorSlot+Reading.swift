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
    try checkExpansion(key, file)
    let (source, range) = try located(key, file)
    if options.borrowsMappedMemory, strides == nil, let mapped = source as? MappedFile {
      let start = range.lowerBound + offset * dtype.byteWidth
      if let tensor = try borrow(mapped, at: start, as: target, key) { return tensor }
    }
    return try copy(from: source, range, as: target, key)
  }

  /// A stride of 0 lets a small file ask for any amount of memory; within reason it is fine.
  private func checkExpansion(_ key: String, _ file: String) throws(FileError) {
    guard byteCount / 4 > place.byteCount, byteCount > 64 << 20 else { return }
    throw FileError(
      file: file, at: .key(key),
      problem: "an expanded view: \(place.byteCount) stored bytes stand for \(byteCount)",
      help: "save the tensor before it is expanded")
  }

  private func located(_ key: String, _ file: String) throws(FileError) -> (any ByteSource, Range<Int>) {
    switch place {
    case .stored(let source, let range):
      return (source, try source.checkedRange(at: range.lowerBound, count: range.count, of: "the tensor \"\(key)\""))
    case .packed(let count, let unpack):
      let source = try unpack()
      guard source.count == count else {
        throw FileError(
          file: file, at: .key(key), problem: "\(source.count) bytes were unpacked where \(count) were promised",
          help: "get the file again")
      }
      return (source, 0..<count)
    }
  }

  /// The tensor over the mapped pages; nil if they are not aligned or not what memory holds.
  private func borrow(
    _ mapped: MappedFile, at start: Int, as target: DType, _ key: String
  ) throws(FileError) -> AnyTensor? {
    guard dtype.isLoadedAsIs, order == .native || dtype.byteWidth == 1, byteCount > 0 else { return nil }
    // No page is touched here: one that another program cuts away would end the process.
    if dtype == .bool { return nil }
    return try mapped.withUnsafeBytes(in: start..<(start + byteCount)) { bytes throws(FileError) -> AnyTensor? in
      guard UInt(bitPattern: bytes.baseAddress) % UInt(dtype.byteWidth) == 0 else { return nil }
      // The pages stay where they are as long as the file is mapped, and the tensor holds on to it.
      return AnyTensor(borrowing: bytes, shape: shape, dtype: target, from: mapped)
    }
  }

  private func copy(
    from source: any ByteSource, _ range: Range<Int>, as target: DType, _ key: String
  ) throws(FileError) -> AnyTensor {
    let result = try AnyTensor.filled(shape, target) { buffer throws(FileError) in
      guard !buffer.isEmpty else { return }
      let width = dtype.byteWidth
      if strides == nil, width == target.byteWidth {
        try source.read(at: range.lowerBound + offset * width, into: buffer)
        if order != .native { swapBytes(buffer, width: width) }
        if dtype != target.inFile { try convert(buffer, to: buffer, key, source.file) }
      } else if strides == nil {
        try copyInPieces(from: source, at: range.lowerBound + offset * width, into: buffer, target, key)
      } else {
        try gather(from: source, range, into: buffer, target, key)
      }
      if dtype == .bool { try checkBools(UnsafeRawBufferPointer(buffer), key, source.file) }
    }
    return result
  }

  /// Dense elements that become wider: a piece at a time, so that no second copy of the whole is made.
  private func copyInPieces(
    from source: any ByteSource, at start: Int, into buffer: UnsafeMutableRawBufferPointer, _ target: DType,
    _ key: String
  ) throws(FileError) {
    let width = dtype.byteWidth
    let total = shape.elementCount
    let pieceCount = min(total, 1 << 16)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceCount * width, alignment: 16)
    defer { piece.deallocate() }
    var done = 0
    while done < total {
      let count = min(pieceCount, total - done)
      let part = UnsafeMutableRawBufferPointer(rebasing: piece[..<(count * width)])
      try source.read(at: start + done * width, into: part)
      if order != .native { swapBytes(part, width: width) }
      let output = buffer[(done * target.byteWidth)..<((done + count) * target.byteWidth)]
      try convert(part, to: UnsafeMutableRawBufferPointer(rebasing: output), key, source.file)
      done += count
    }
  }

  /// Strided elements, converted.
  private func gather(
    from source: any ByteSource, _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer, _ target: DType,
    _ key: String
  ) throws(FileError) {
    let picked = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
    defer { picked.deallocate() }
    try gatherStored(from: source, range, into: picked)
    try convert(picked, to: buffer, key, source.file)
  }

  /// Strided elements: the span they lie in is read and picked from.
  private func gatherStored(
    from source: any ByteSource, _ range: Range<Int>, into picked: UnsafeMutableRawBufferPointer
  ) throws(FileError) {
    guard let strides else { return }
    let width = dtype.byteWidth
    let reach = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    let start = range.lowerBound + offset * width
    var span = try source.bytes(in: start..<(start + (reach + 1) * width))
    span.withUnsafeMutableBytes { span in
      if order != .native { swapBytes(span, width: dtype.partWidth) }
      switch width {
      case 16: pick(SIMD2<UInt64>.self, strides, from: span, into: picked)
      case 8: pick(UInt64.self, strides, from: span, into: picked)
      case 4: pick(UInt32.self, strides, from: span, into: picked)
      case 2: pick(UInt16.self, strides, from: span, into: picked)
      default: pick(UInt8.self, strides, from: span, into: picked)
      }
    }
  }

  /// The elements as they are stored, dense and little-endian.
  func readBytes(key: String, file: String) throws(FileError) -> [UInt8] {
    try checkExpansion(key, file)
    let (source, range) = try located(key, file)
    guard byteCount > 0 else { return [] }
    guard strides != nil else {
      let start = range.lowerBound + offset * dtype.byteWidth
      var bytes = try source.bytes(in: start..<(start + byteCount))
      if order != .native { bytes.withUnsafeMutableBytes { swapBytes($0, width: dtype.partWidth) } }
      return bytes
    }
    var result = [UInt8](repeating: 0, count: byteCount)
    let outcome = result.withUnsafeMutableBytes { buffer -> Result<Void, FileError> in
      Result { () throws(FileError) in try gatherStored(from: source, range, into: buffer) }
    }
    try outcome.get()
    return result
  }

  /// Walks over the indices in row-major order, the last dimension fastest.
  private func pick<Word>(
    _ type: Word.Type, _ strides: [Int], from span: UnsafeMutableRawBufferPointer,
    into picked: UnsafeMutableRawBufferPointer
  ) {
    let source = span.bindMemory(to: Word.self)
    let target = picked.bindMemory(to: Word.self)
    var index = [Int](repeating: 0, count: shape.count)
    var from = 0
    for to in target.indices {
      target[to] = source[from]
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
