/// Refuses names of archive members that would lead out of the folder an archive is unpacked to.
///
/// Absolute paths, drive letters, `..` with either kind of slash, zero bytes and empty names are hostile or broken; no
/// data set has them.
func checkArchiveName(_ name: String, file: String) throws(FileError) {
  func refuse(_ reason: String) -> FileError {
    FileError(
      file: file, at: .key(name), problem: "the name of this member is refused: \(reason)",
      help: "do not unpack this archive; get it from its publisher")
  }
  guard !name.isEmpty else { throw refuse("it is empty") }
  guard !name.utf8.contains(0) else { throw refuse("it contains a zero byte") }
  guard name.utf8.count <= 4096 else { throw refuse("it is longer than 4096 bytes") }
  let parts = name.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
  guard parts.first?.isEmpty == false else { throw refuse("it is an absolute path") }
  guard name.utf8.dropFirst().first != UInt8(ascii: ":") else { throw refuse("it begins with a drive letter") }
  guard !parts.contains(where: { $0.elementsEqual("..".utf8) }) else { throw refuse("it leads to a parent folder") }
}
