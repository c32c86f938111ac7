import Foundation

/// A regular file opened for reading, mapped into memory.
///
/// There are two ways to its bytes. `read(at:into:)`, `bytes(in:)`, `integer(at:)` and ``ByteReader`` go through
/// `pread`: whatever other programs do to the file, the outcome is a value or a ``FileError``. `withUnsafeBytes`
/// gives the mapped pages without copying; it is meant for large arrays. A page that vanishes while it is touched ends
/// the process with SIGBUS, so the size is checked before and the state of the file after each such access.
///
/// ```swift
/// let file = try MappedFile("weights.safetensors")
/// let length: UInt64 = try file.integer(at: 0)
/// ```
public final class MappedFile: ByteSource, @unchecked Sendable {
  // Unchecked because of the pointer: the map is read-only and nothing here changes after `init`.

  /// The path it was opened by.
  public let file: String
  /// Number of bytes when it was opened.
  public let count: Int

  private let descriptor: Int32
  private let base: UnsafeMutableRawPointer?
  private let opened: System.Status

  /// Opens and maps the file at `path`.
  ///
  /// Throws if it does not exist, may not be read, or is a folder, pipe or device.
  public init(_ path: String) throws(FileError) {
    let (descriptor, status) = try System.openForReading(path)
    var base: UnsafeMutableRawPointer?
    if status.size > 0 {
      base = mmap(nil, status.size, PROT_READ, MAP_PRIVATE, descriptor, 0)
      guard base != MAP_FAILED else {
        let error = FileError(file: path, errno: errno, cannot: "map the file into memory")
        close(descriptor)
        throw error
      }
    }
    self.file = path
    self.count = status.size
    self.descriptor = descriptor
    self.base = base
    self.opened = status
  }

  deinit {
    if let base { munmap(base, count) }
    close(descriptor)
  }

  /// Throws if the file is not as it was when it was opened: cut, grown or written to.
  public func checkUnchanged() throws(FileError) {
    let now = try System.status(descriptor, file)
    guard now.size == opened.size else {
      throw FileError(
        file: file, problem: "the file changed while it was read: it had \(opened.size) bytes and has \(now.size)",
        help: "wait until nothing writes to it, then start again")
    }
    guard now.modified == opened.modified else {
      throw FileError(
        file: file, problem: "the file changed while it was read: its content was written to",
        help: "wait until nothing writes to it, then start again")
    }
  }

  /// Copies bytes through `pread`; safe even while another program cuts the file.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    try checkedRange(at: offset, count: buffer.count)
    let done = try System.readFully(descriptor, at: offset, into: buffer, file)
    guard done == buffer.count else {
      throw FileError(
        file: file, at: .byte(offset + done),
        problem: "the file became shorter while it was read: it had \(count) bytes",
        help: "wait until nothing writes to it, then start again")
    }
  }

  /// Calls `body` with the mapped bytes of `range`, which stay valid only during the call.
  ///
  /// Throws if the range is not inside the file, or if the file is seen to change before or during the call.
  public func withUnsafeBytes<R>(
    in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(FileError) -> R
  ) throws(FileError) -> R {
    try check(range)
    try checkUnchanged()
    let all = UnsafeRawBufferPointer(start: base, count: count)
    let result = try body(UnsafeRawBufferPointer(rebasing: all[range]))
    try checkUnchanged()
    return result
  }

  /// Calls `body` with all mapped bytes; see `withUnsafeBytes(in:_:)`.
  public func withUnsafeBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws(FileError) -> R
  ) throws(FileError) -> R {
    try withUnsafeBytes(in: 0..<count, body)
  }
}
