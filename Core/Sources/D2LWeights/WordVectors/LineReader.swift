import D2LFiles

/// The lines of a stream, one after the other, with their numbers.
struct LineReader {
  let stream: any ByteStream
  /// Number of the line read last, from 1.
  private(set) var number = 0
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false

  /// No line of vectors is longer.
  static let limit = 1 << 22

  init(_ stream: any ByteStream) { self.stream = stream }

  /// The next line without its end; nil behind the last one.
  mutating func next() throws(FileError) -> ArraySlice<UInt8>? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: 10) {
        defer { position = end + 1 }
        number += 1
        return trimmed(buffer[position..<end])
      }
      searched = buffer.count - position
      guard !isAtEnd else {
        guard position < buffer.count else { return nil }
        defer { position = buffer.count }
        number += 1
        return trimmed(buffer[position...])
      }
      guard searched < Self.limit else {
        throw FileError(
          file: stream.file, at: .line(number + 1), problem: "a line of more than \(Self.limit) bytes",
          help: "this is not a file of word vectors")
      }
      buffer.removeFirst(position)
      position = 0
      let piece = try stream.bytes(upTo: 1 << 16)
      isAtEnd = piece.isEmpty
      buffer += piece
    }
  }

  private func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> { line.last == 13 ? line.dropLast() : line }
}

extension ByteStream {
  /// At least one and at most `count` bytes; none at the end.
  func bytes(upTo count: Int) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let result = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(FileError) { initialized = try read(into: UnsafeMutableRawBufferPointer(buffer)) } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return result
  }
}
