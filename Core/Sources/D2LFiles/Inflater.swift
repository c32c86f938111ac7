import CZlib

/// Raw deflate data (RFC 1951) to bytes, through zlib: the core of gzip and zip reading.
final class Inflater {
  enum Outcome {
    /// The end of the deflate data was reached.
    case finished
    /// All input was taken or all room was used.
    case progress
  }

  // On the heap, because zlib keeps a pointer to it.
  private let state: UnsafeMutablePointer<z_stream>

  init(file: String) throws(FileError) {
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    // Negative window bits: no header, no trailer.
    let code = inflateInit2_(state, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw FileError(file: file, problem: "zlib cannot start (code \(code))", help: "free some memory")
    }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
  }

  func reset() { inflateReset(state) }

  /// Unpacks from `input` to `output`, takes what it used and returns how many bytes it made.
  func step(_ input: BufferedInput, into output: UnsafeMutableRawBufferPointer) throws(FileError) -> (Int, Outcome) {
    let available = input.available
    let room = min(output.count, 1 << 30)
    // zlib does not write to its input; the pointer is mutable for reasons of C history.
    state.pointee.next_in = UnsafeMutablePointer(
      mutating: available.bindMemory(to: UInt8.self).baseAddress)
    state.pointee.avail_in = UInt32(available.count)
    state.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    state.pointee.avail_out = UInt32(room)
    let code = inflate(state, Z_NO_FLUSH)
    input.take(available.count - Int(state.pointee.avail_in))
    let made = room - Int(state.pointee.avail_out)
    switch code {
    case Z_STREAM_END: return (made, .finished)
    case Z_OK, Z_BUF_ERROR: return (made, .progress)
    case Z_MEM_ERROR:
      throw FileError(file: input.stream.file, problem: "zlib has not enough memory", help: "free some memory")
    default:
      let reason = state.pointee.msg.map { String(cString: $0) } ?? "code \(code)"
      throw FileError(
        file: input.stream.file, at: .byte(input.offset), problem: "the compressed data is damaged (\(reason))",
        help: "get the file again")
    }
  }
}

/// The CRC-32 of gzip and zip (RFC 1952, section 8), continued from `value`.
func crc32(_ value: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
  var result = UInt(value)
  var rest = bytes
  while !rest.isEmpty {
    let part = rest.prefix(1 << 30)
    let piece = UnsafeRawBufferPointer(rebasing: part)
    result = CZlib.crc32(result, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count))
    rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
  }
  return UInt32(truncatingIfNeeded: result)
}

/// `value` as the eight hexadecimal digits by which checksums are known.
func hex8(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
