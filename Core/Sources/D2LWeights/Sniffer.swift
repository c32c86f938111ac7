import D2LFiles

/// Finds out what a file is: by its content, and by its name only where the content leaves it open.
enum Sniffer {
  /// The format of `source`. Throws if it is none that is known.
  static func format(of source: any ByteSource, path: String) throws(FileError) -> WeightFormat {
    let start = try source.bytes(in: 0..<min(source.count, 512))
    if start.starts(with: [0x50, 0x4b, 0x03, 0x04]) || start.starts(with: [0x50, 0x4b, 0x05, 0x06]) {
      return TorchFile.pickleMember(of: try ZipArchive(source)) == nil ? .npz : .torchZip
    }
    if start.starts(with: NpyHeader.magic) { return .npy }
    if start.starts(with: withUnsafeBytes(of: MXNetFile.magic.littleEndian) { Array($0) }) { return .mxnet }
    if start.starts(with: withUnsafeBytes(of: FastTextFile.magic.littleEndian) { Array($0) }) { return .fastTextBinary }
    if start.count > 8, start[8] == UInt8(ascii: "{"), try source.integer(UInt64.self, at: 0) <= source.count - 8 {
      return .safetensors
    }
    if start.count > 1, start[0] == 0x80, (1...5).contains(start[1]) { return .torchLegacy }
    if start.count == 512, start[257..<262].elementsEqual("ustar".utf8) { return .torchTar }
    if OnnxFile.isModel(start) { return .onnx }
    var settings = ByteReader(source)
    if (try? FastTextSettings(&settings, version: 0)) != nil { return .fastTextBinary }
    if let format = try vectors(source) { return format }
    if let format = byExtension[path.split(separator: ".").last.map { $0.lowercased() } ?? ""] { return format }
    throw FileError(
      file: path, problem: "not a file of weights of a known format",
      help: "known are safetensors, PyTorch, NumPy, MXNet, ONNX, word2vec, GloVe and fastText files")
  }

  /// Files that are too damaged to be recognised are read as what they call themselves, which tells what is wrong with them.
  private static let byExtension: [String: WeightFormat] = [
    "safetensors": .safetensors, "pt": .torchLegacy, "pth": .torchLegacy, "npy": .npy, "npz": .npz, "onnx": .onnx,
    "vec": .vectorText,
  ]

  /// Word vectors: text if the first line with a word has numbers to its end, binary if it has not but "count dimension" before it.
  private static func vectors(_ source: any ByteSource) throws(FileError) -> WeightFormat? {
    let stream = try stream(source, ReadOptions())
    let start = try stream.start(upTo: 1 << 16)
    let isWhole = start.count < 1 << 16
    guard let first = start.firstIndex(of: 10) ?? (isWhole ? start.count : nil) else { return nil }
    let header = VectorText.header(start[..<first])
    let lineStart = header == nil ? 0 : min(first + 1, start.count)
    let end = start[lineStart...].firstIndex(of: 10)
    let parts = VectorText.fields(start[lineStart..<(end ?? start.count)])
    // A line that was cut off by the limit ends with half a number.
    let numbers = (end == nil && !isWhole ? parts.dropLast() : parts[...]).dropFirst()
    let needed = header.map { end == nil && !isWhole ? 1 : $0.dimension } ?? 2
    if numbers.count >= needed, numbers.suffix(needed).allSatisfy({ VectorText.number($0) != nil }) {
      return .vectorText
    }
    guard let header else { return nil }
    return header.count == 0 ? .vectorText : .word2vecBinary
  }

  /// The content as a stream, unpacked if it is gzip.
  static func stream(_ source: any ByteSource, _ options: ReadOptions) throws(FileError) -> any ByteStream {
    let isPacked = source.count >= 2 ? try source.integer(UInt16.self, at: 0, .big) == 0x1f8b : false
    let raw = SourceStream(source)
    return isPacked ? try GzipStream(raw, limit: options.unpackedLimit(for: source)) : raw
  }

  /// The content to be read at any place, unpacked into memory if it is gzip.
  static func unpacked(_ source: any ByteSource, _ options: ReadOptions) throws(FileError) -> any ByteSource {
    let isPacked = try source.integer(UInt16.self, at: 0, .big) == 0x1f8b
    return isPacked
      ? MemoryFile(try Gzip.decompress(source, limit: options.unpackedLimit(for: source)), file: source.file) : source
  }
}

extension ByteStream {
  /// The first bytes, at most `limit`.
  fileprivate func start(upTo limit: Int) throws(FileError) -> [UInt8] {
    var result: [UInt8] = []
    while result.count < limit {
      let piece = try bytes(upTo: limit - result.count)
      if piece.isEmpty { break }
      result += piece
    }
    return result
  }
}
