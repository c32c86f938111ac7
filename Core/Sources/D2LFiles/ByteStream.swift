/// Bytes that come one after the other: a file, an archive's entry, what a decompressor makes of another stream.
///
/// Streams are used by one task at a time.
public protocol ByteStream: AnyObject {
  /// Path or name of the file behind it, for messages.
  var file: String { get }
  /// Reads at least one and at most `buffer.count` bytes and returns how many; 0 at the end (or for an empty buffer).
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int
}

extension ByteStream {
  /// Reads as much as `buffer` takes or the stream has, and returns how much that was.
  public func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// The next `count` bytes. Throws if the stream ends before; what it claims to hold is not allocated ahead of that.
  public func bytes(_ count: Int) throws(FileError) -> [UInt8] {
    let result = try collect(upTo: count, reserving: 0)
    guard result.count == count else {
      throw FileError(
        file: file, problem: "the data ends after \(result.count) bytes where \(count) were expected",
        help: "the file is cut off or damaged; get it again")
    }
    return result
  }

  /// Passes over the next `count` bytes. Throws if the stream ends before.
  public func skip(_ count: Int) throws(FileError) {
    guard count > 0 else { return }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, chunkSize), alignment: 16)
    defer { buffer.deallocate() }
    var left = count
    while left > 0 {
      let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
      guard read > 0 else {
        throw FileError(
          file: file, problem: "the data ends \(left) bytes before what is looked for",
          help: "the file is cut off or damaged; get it again")
      }
      left -= read
    }
  }

  /// All bytes to the end. Throws if there are more than `limit`.
  public func readAll(limit: Int) throws(FileError) -> [UInt8] { try readAll(limit: limit, reserving: 0) }

  func readAll(limit: Int, reserving capacity: Int) throws(FileError) -> [UInt8] {
    let result = try collect(upTo: limit == .max ? limit : limit + 1, reserving: capacity)
    guard result.count <= limit else {
      throw FileError(
        file: file, problem: "the unpacked content is larger than the limit of \(limit) bytes",
        help: "raise the limit if you trust the file")
    }
    return result
  }

  /// Hands all bytes to `body`, piece by piece.
  public func forEachChunk(_ body: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try read(into: buffer)
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// At most `limit` bytes; the array grows with what really comes.
  private func collect(upTo limit: Int, reserving capacity: Int) throws(FileError) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(capacity)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(chunkSize, max(limit, 1)), alignment: 16)
    defer { buffer.deallocate() }
    while result.count < limit {
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, limit - result.count)])
      let count = try read(into: part)
      if count == 0 { break }
      result.append(contentsOf: part[..<count])
    }
    return result
  }
}

/// Enough for the cost of a call to vanish, little enough to stay in the cache.
let chunkSize = 1 << 17

/// The bytes of a source, or a part of it, as a stream.
public final class SourceStream: ByteStream {
  /// Name of the source.
  public var file: String { source.file }

  private let source: any ByteSource
  private let end: Int
  private var offset: Int

  /// All bytes of `source`.
  public init(_ source: any ByteSource) {
    self.source = source
    offset = 0
    end = source.count
  }

  /// The bytes of `range` of `source`. Throws if it is not inside.
  public init(_ source: any ByteSource, in range: Range<Int>) throws(FileError) {
    try source.check(range)
    self.source = source
    offset = range.lowerBound
    end = range.upperBound
  }

  /// Reads on; see ``ByteStream``.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    let count = min(buffer.count, end - offset)
    guard count > 0 else { return 0 }
    try source.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    offset += count
    return count
  }
}

/// A stream with a buffer, from which a decompressor takes what it wants and no more.
final class BufferedInput {
  let stream: any ByteStream
  /// Bytes read from the stream and not yet taken.
  var available: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[position..<end]) }
  /// Offset in the stream of the next byte.
  private(set) var offset = 0

  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private var position = 0
  private var end = 0

  init(_ stream: any ByteStream) { self.stream = stream }

  deinit { buffer.deallocate() }

  /// Makes sure that something is available; false at the end of the stream.
  func fill() throws(FileError) -> Bool {
    guard position == end else { return true }
    position = 0
    end = 0
    end = try stream.read(into: buffer)
    return end > 0
  }

  func take(_ count: Int) {
    position += count
    offset += count
  }

  /// The next byte; nil at the end.
  func byte() throws(FileError) -> UInt8? {
    guard try fill() else { return nil }
    defer { take(1) }
    return buffer[position]
  }
}
