import Foundation

/// All bytes of a regular file of at most `limit` bytes.
func readBytes(of path: String, limit: Int) throws(ImageError) -> [UInt8] {
  guard !path.isEmpty, !path.utf8.contains(0) else { throw ImageError(.file, problem: "not the name of a file") }
  // Without O_NONBLOCK the opening of a pipe waits for somebody to write.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw systemError("open the file") }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw systemError("examine the file") }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw ImageError(.file, problem: "not a file but a folder, pipe or device")
  }
  guard status.st_size <= limit else {
    throw ImageError(
      .tooLarge, problem: "\(status.st_size) bytes; the limit is \(limit)",
      help: "raise ImageLimits.maxFileSize if you trust the file")
  }
  let size = Int(status.st_size)
  var code: Int32 = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    while count < size {
      let got = read(descriptor, buffer.baseAddress?.advanced(by: count), min(size - count, 1 << 30))
      if got < 0 && errno == EINTR { continue }
      if got < 0 { code = errno }
      // A file that shrank meanwhile ends here; the decoder will say that it ends too early.
      if got <= 0 { break }
      count += got
    }
  }
  guard code == 0 else { throw systemError("read the file", code) }
  return bytes
}

/// Writes a temporary file beside `path` and renames it: the file is there whole, or the old one stays.
func writeBytes(_ bytes: [UInt8], to path: String) throws(ImageError) {
  guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0) else {
    throw ImageError(.file, problem: "not the name of a file")
  }
  var old = stat()
  let exists = stat(path, &old) == 0
  guard !exists || old.st_mode & S_IFMT == S_IFREG else {
    throw ImageError(.file, problem: "a folder, pipe or device has this name", help: "choose another name")
  }
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  let temporary = folder + ".d2l-" + String(UInt64.random(in: .min ... .max), radix: 36) + ".tmp"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw systemError("create the file") }
  // A replaced file keeps its permissions.
  if exists { fchmod(descriptor, old.st_mode & 0o777) }
  var action: String?
  var written = 0
  bytes.withUnsafeBytes { buffer in
    while written < bytes.count {
      let count = write(descriptor, buffer.baseAddress?.advanced(by: written), min(bytes.count - written, 1 << 30))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      written += count
    }
  }
  if written < bytes.count { action = "write the file" }
  if action == nil && fsync(descriptor) != 0 { action = "put the file on the disk" }
  var code = errno
  if close(descriptor) != 0 && action == nil { (action, code) = ("finish the file", errno) }
  if action == nil && rename(temporary, path) != 0 { (action, code) = ("give the finished file its name", errno) }
  guard let action else { return }
  unlink(temporary)
  throw systemError(action, code)
}

private func systemError(_ action: String, _ code: Int32 = errno) -> ImageError {
  ImageError(.file, problem: "cannot \(action): \(String(cString: strerror(code)))")
}
