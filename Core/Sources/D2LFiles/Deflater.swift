import CZlib

/// Bytes to deflate data through zlib, piece by piece: the core of gzip and zip writing.
final class Deflater {
  /// What surrounds the deflate data.
  enum Framing: Int32 {
    /// Nothing (RFC 1951), as inside zip.
    case none = -15
    /// A gzip header and trailer (RFC 1952).
    case gzip = 31
  }

  private let state: UnsafeMutablePointer<z_stream>
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
  private let file: String

  init(_ framing: Framing, level: Int, file: String) throws(FileError) {
    self.file = file
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    let code = deflateInit2_(
      state, Int32(max(0, min(level, 9))), Z_DEFLATED, framing.rawValue, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw FileError(file: file, problem: "zlib cannot start (code \(code))", help: "free some memory")
    }
  }

  deinit {
    deflateEnd(state)
    state.deallocate()
    buffer.deallocate()
  }

  /// Packs `bytes` and hands what comes out to `sink`.
  func write(
    _ bytes: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      state.pointee.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
      state.pointee.avail_in = UInt32(piece.count)
      while state.pointee.avail_in > 0 { _ = try run(Z_NO_FLUSH, sink) }
      rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
    }
  }

  /// Ends the data.
  func finish(to sink: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) {
    state.pointee.next_in = nil
    state.pointee.avail_in = 0
    while try run(Z_FINISH, sink) != Z_STREAM_END {}
  }

  private func run(
    _ flush: Int32, _ sink: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) -> Int32 {
    state.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
    state.pointee.avail_out = UInt32(buffer.count)
    let code = deflate(state, flush)
    guard code == Z_OK || code == Z_STREAM_END else {
      throw FileError(file: file, problem: "zlib cannot compress (code \(code))")
    }
    let made = buffer.count - Int(state.pointee.avail_out)
    if made > 0 { try sink(UnsafeRawBufferPointer(rebasing: buffer[..<made])) }
    return code
  }
}
