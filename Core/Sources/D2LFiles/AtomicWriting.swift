import Foundation

/// A file that appears whole or not at all.
///
/// Bytes go to a temporary file in the same folder; `commit` puts them on the disk and renames it. Until then the
/// old file, if there is one, stays as it is. Without `commit` (an error on the way, say) the temporary file is
/// removed.
///
/// ```swift
/// let file = try AtomicFile("run/weights.bin", createFolders: true)
/// try file.write(header)
/// try file.write(payload)
/// try file.commit()
/// ```
public final class AtomicFile {
  /// The path that the file gets.
  public let path: String
  /// Number of bytes written so far.
  public private(set) var count = 0

  private let target: String
  private let temporary: String
  private var descriptor: Int32

  /// Begins a file for `path`.
  ///
  /// Throws if the folder is missing (unless `createFolders` makes it) or not writable, or if `path` is something
  /// that must not be replaced: a folder, a device, a pipe.
  public init(_ path: String, createFolders: Bool = false) throws(FileError) {
    guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0) else {
      throw FileError(file: path, problem: "not the name of a file", help: "give the path of a file")
    }
    // A link is followed: the file it leads to is replaced, the link stays.
    target = Self.resolvingLink(path)
    let folder = parentFolder(of: target)
    if createFolders { try createFolder(folder) }
    let old = System.status(of: target)
    if let old, !old.isRegular {
      let kind = old.isFolder ? "a folder" : "a device, pipe or socket"
      throw FileError(file: path, problem: "cannot write the file: \(kind) has this name", help: "choose another name")
    }
    let name = ".d2l-" + String(UInt64.random(in: .min ... .max), radix: 36) + ".tmp"
    temporary = folder == "/" ? "/" + name : folder + "/" + name
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    self.path = path
    guard descriptor >= 0 else {
      let code = errno
      var error = FileError(file: path, errno: code, cannot: "create a file in the folder \(folder)")
      if code == ENOENT { error.help = "create the folder first: mkdir -p '\(folder)'" }
      throw error
    }
    if let old { fchmod(descriptor, old.mode) }
  }

  deinit { discard() }

  /// Appends bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard descriptor >= 0 else { throw FileError(file: path, problem: "cannot write: the file is already finished") }
    try System.writeAll(descriptor, bytes, path)
    count += bytes.count
  }

  /// Appends bytes.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    let result = bytes.withUnsafeBytes { buffer -> Result<Void, FileError> in
      do throws(FileError) { return .success(try write(buffer)) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Appends text as UTF-8.
  public func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

  /// Puts everything on the disk and gives the file its name, replacing what had it.
  public func commit() throws(FileError) {
    guard descriptor >= 0 else { throw FileError(file: path, problem: "cannot commit: the file is already finished") }
    guard fsync(descriptor) == 0 else {
      let error = FileError(file: path, errno: errno, cannot: "put the file on the disk")
      discard()
      throw error
    }
    let closed = close(descriptor)
    let closeError = errno
    descriptor = -1
    guard closed == 0 else {
      unlink(temporary)
      throw FileError(file: path, errno: closeError, cannot: "finish the file")
    }
    guard rename(temporary, target) == 0 else {
      let error = FileError(file: path, errno: errno, cannot: "give the finished file its name")
      unlink(temporary)
      throw error
    }
    System.syncFolder(parentFolder(of: target))
  }

  /// Removes what was written; the old file stays.
  public func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlink(temporary)
  }

  private static func resolvingLink(_ path: String) -> String {
    var raw = stat()
    guard lstat(path, &raw) == 0, raw.st_mode & S_IFMT == S_IFLNK, let resolved = realpath(path, nil) else {
      return path
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// Writes a file through `body`, whole or not at all; see ``AtomicFile``. An error of `body` leaves the old file.
public func writeAtomically<R>(
  to path: String, createFolders: Bool = false, _ body: (AtomicFile) throws(FileError) -> R
) throws(FileError) -> R {
  let file = try AtomicFile(path, createFolders: createFolders)
  let result: R
  do throws(FileError) {
    result = try body(file)
  } catch {
    file.discard()
    throw error
  }
  try file.commit()
  return result
}

/// Writes `bytes` as the file at `path`, whole or not at all.
public func writeAtomically(_ bytes: [UInt8], to path: String, createFolders: Bool = false) throws(FileError) {
  try writeAtomically(to: path, createFolders: createFolders) { file throws(FileError) in try file.write(bytes) }
}

/// Writes `text` as UTF-8 to the file at `path`, whole or not at all.
public func writeAtomically(_ text: String, to path: String, createFolders: Bool = false) throws(FileError) {
  try writeAtomically(Array(text.utf8), to: path, createFolders: createFolders)
}

/// Makes the folder at `path` and those above it, as far as they are missing.
///
/// Throws if a file is in the way or a folder may not be written to.
public func createFolder(_ path: String) throws(FileError) {
  guard !path.isEmpty, !path.utf8.contains(0) else {
    throw FileError(file: path, problem: "not the name of a folder", help: "give the path of a folder")
  }
  guard path.utf8.count < Int(PATH_MAX) else {
    throw FileError(file: path, errno: ENAMETOOLONG, cannot: "create the folder")
  }
  if let status = System.status(of: path) {
    guard status.isFolder else {
      throw FileError(
        file: path, problem: "a file is where a folder should be", help: "remove it or choose another place")
    }
    return
  }
  let trimmed = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
  let parent = parentFolder(of: trimmed)
  if parent != trimmed { try createFolder(parent) }
  // Another process may be quicker: only a name that is no folder afterwards is an error.
  if mkdir(trimmed, 0o777) != 0 {
    let code = errno
    guard System.status(of: trimmed)?.isFolder == true else {
      throw FileError(file: path, errno: code, cannot: "create the folder")
    }
  }
}
