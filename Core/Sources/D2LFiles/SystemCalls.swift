import Foundation

/// Thin wrappers of the system calls this module uses: interrupted calls are repeated, failures become `FileError`.
enum System {
  /// What `fstat` says of an open file.
  struct Status: Equatable {
    var size: Int
    var isRegular: Bool
    var isFolder: Bool
    var mode: mode_t
    var device: UInt64
    var inode: UInt64
    /// Nanoseconds since 1970 of the last change of the content.
    var modified: Int

    init(_ raw: stat) {
      size = Int(raw.st_size)
      isRegular = raw.st_mode & S_IFMT == S_IFREG
      isFolder = raw.st_mode & S_IFMT == S_IFDIR
      mode = raw.st_mode & 0o777
      device = UInt64(truncatingIfNeeded: raw.st_dev)
      inode = UInt64(raw.st_ino)
      #if canImport(Darwin)
        let time = raw.st_mtimespec
      #else
        let time = raw.st_mtim
      #endif
      modified = Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
    }
  }

  static func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }

  /// Opens a regular file for reading. A pipe or device is refused instead of waited for.
  static func openForReading(_ path: String) throws(FileError) -> (descriptor: Int32, status: Status) {
    guard !path.utf8.contains(0) else {
      throw FileError(file: path, problem: "the path contains a zero byte")
    }
    let descriptor = Int32(retrying { Int(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) })
    guard descriptor >= 0 else { throw FileError(file: path, errno: errno, cannot: "open the file") }
    do throws(FileError) {
      let status = try status(descriptor, path)
      guard !status.isFolder else { throw FileError(file: path, errno: EISDIR, cannot: "read") }
      guard status.isRegular else {
        throw FileError(
          file: path, problem: "not a regular file but a pipe, socket or device",
          help: "save the data in a file and give its path")
      }
      return (descriptor, status)
    } catch {
      close(descriptor)
      throw error
    }
  }

  static func status(_ descriptor: Int32, _ path: String) throws(FileError) -> Status {
    var raw = stat()
    guard fstat(descriptor, &raw) == 0 else { throw FileError(file: path, errno: errno, cannot: "examine the file") }
    return Status(raw)
  }

  /// What lies at `path`, following links; nil if nothing does or it cannot be seen.
  static func status(of path: String) -> Status? {
    var raw = stat()
    return stat(path, &raw) == 0 ? Status(raw) : nil
  }

  /// Fills as much of `buffer` as the file has from `offset` on, and returns how much that was.
  static func readFully(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ path: String
  ) throws(FileError) -> Int {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      // Linux moves at most 2 GiB in a call; larger requests are split by the loop.
      let size = min(rest.count, 1 << 30)
      let count = retrying { pread(descriptor, rest.baseAddress, size, off_t(offset + done)) }
      guard count >= 0 else {
        var error = FileError(file: path, errno: errno, cannot: "read")
        error.place = .byte(offset + done)
        throw error
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ path: String) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let size = min(rest.count, 1 << 30)
      let count = retrying { write(descriptor, rest.baseAddress, size) }
      guard count > 0 else {
        throw FileError(file: path, errno: count == 0 ? ENOSPC : errno, cannot: "write")
      }
      done += count
    }
  }

  /// Puts a folder's entries on the disk, so that a rename survives a power cut.
  static func syncFolder(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    // Some file systems refuse to sync a folder; the renamed file itself is safe by then.
    fsync(descriptor)
    close(descriptor)
  }
}

/// The folder part of `path`, "." if it has none.
func parentFolder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// An array of at most `capacity` bytes that `fill` writes in place and whose length it returns.
func makeBytes(
  capacity: Int, fill: (UnsafeMutableRawBufferPointer) throws(FileError) -> Int
) throws(FileError) -> [UInt8] {
  var failure: FileError?
  let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
    do throws(FileError) { count = try fill(UnsafeMutableRawBufferPointer(buffer)) } catch { failure = error }
  }
  if let failure { throw failure }
  return bytes
}
