import Foundation

/// The unfinished file of a download: `name.part`, and beside it what the server said of the whole.
///
/// It is locked while it is open, so that two processes which want the same file do not mix their bytes: the second
/// waits, and then finds the finished file.
final class PartialFile {
  /// What must still hold when a transfer is resumed later, perhaps by another process.
  struct Origin: Codable, Equatable {
    var url: String
    /// ETag or date of the server's version.
    var validator: String?
    var total: Int?
  }

  let path: String
  private let target: String
  private let descriptor: Int32
  private(set) var count: Int
  var origin: Origin? { didSet { saveOrigin() } }

  private var originPath: String { path + ".json" }

  /// Opens or creates the part of `target`; waits while another process has it. `isCancelled` is asked in between.
  init(of target: String, isCancelled: () -> Bool) throws(FileError) {
    self.target = target
    path = target + ".part"
    while true {
      let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
      guard opened >= 0 else { throw FileError(file: path, errno: errno, cannot: "create the file of the download") }
      do throws(FileError) {
        try Self.lock(opened, path, isCancelled)
        let status = try System.status(opened, path)
        guard status.isRegular else {
          throw FileError(file: path, problem: "not a regular file, but the download would go there", help: "remove it")
        }
        // The process that had the lock may have renamed or removed the file: then this is another one.
        if let now = System.status(of: path), now.inode == status.inode, now.device == status.device {
          descriptor = opened
          count = status.size
          break
        }
      } catch {
        close(opened)
        throw error
      }
      close(opened)
    }
    if let data = FileManager.default.contents(atPath: originPath), data.count < 1 << 16 {
      origin = try? JSONDecoder().decode(Origin.self, from: data)
    }
  }

  deinit { close(descriptor) }

  private static func lock(_ descriptor: Int32, _ path: String, _ isCancelled: () -> Bool) throws(FileError) {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR else { throw FileError(file: path, errno: code, cannot: "lock") }
      guard !isCancelled() else { throw FileError(file: path, problem: "the download was cancelled") }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  private func saveOrigin() {
    // Without it a resumed transfer cannot be told from a changed one; then the file is fetched from the start.
    guard let origin, let data = try? JSONEncoder().encode(origin) else {
      unlink(originPath)
      return
    }
    try? writeAtomically([UInt8](data), to: originPath)
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard lseek(descriptor, off_t(count), SEEK_SET) >= 0 else {
      throw FileError(file: path, errno: errno, cannot: "write")
    }
    try System.writeAll(descriptor, bytes, path)
    count += bytes.count
  }

  /// Back to nothing.
  func restart() throws(FileError) {
    guard ftruncate(descriptor, 0) == 0 else { throw FileError(file: path, errno: errno, cannot: "write") }
    count = 0
    origin = nil
  }

  /// Gives the finished file its name.
  func commit() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError(file: path, errno: errno, cannot: "put the file on the disk") }
    guard rename(path, target) == 0 else {
      throw FileError(file: target, errno: errno, cannot: "give the finished download its name")
    }
    unlink(originPath)
    System.syncFolder(parentFolder(of: target))
  }

  /// Removes it.
  func discard() {
    unlink(path)
    unlink(originPath)
  }
}
