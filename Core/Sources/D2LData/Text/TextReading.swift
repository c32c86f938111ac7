import D2LFiles

/// Bytes as text; `file` is where they are from, for messages. Throws a `FileError` that names the first byte that is not UTF-8.
public func decodeText(_ bytes: [UInt8], file: String) throws(FileError) -> String {
  if let text = String(validating: bytes, as: UTF8.self) { return text }
  throw FileError(
    file: file, at: firstInvalidByte(bytes).map { .byte($0) }, problem: "the text is not UTF-8",
    help: "convert it to UTF-8 first")
}

/// Where the first sequence of bytes begins that is no character; nil if there is none.
private func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
  var parser = Unicode.UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var offset = 0
  while true {
    switch parser.parseScalar(from: &iterator) {
    case .valid(let scalar): offset += scalar.count
    case .error: return offset
    case .emptyInput: return nil
    }
  }
}

extension ZipArchive {
  /// A member's content as text. Throws a `FileError` if there is none of this name, or if it is damaged or not UTF-8.
  public func text(of member: String) throws(FileError) -> String {
    try decodeText(bytes(of: entry(member)), file: "\(source.file)/\(member)")
  }
}
