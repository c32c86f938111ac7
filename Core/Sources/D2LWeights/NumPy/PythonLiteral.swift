import D2LFiles

/// A Python literal, as far as the header of a `.npy` file has them.
indirect enum PythonLiteral: Sendable {
  case bool(Bool)
  case integer(Int)
  case string(String)
  /// A tuple or list.
  case tuple([PythonLiteral])
  case dictionary([(key: String, value: PythonLiteral)])

  /// Parses all of `text`, which begins at offset `base` of `file`.
  static func parse(_ text: [UInt8], file: String, base: Int) throws(FileError) -> PythonLiteral {
    var parser = LiteralParser(text: text, file: file, base: base)
    let value = try parser.value(depth: 0)
    guard parser.next() == nil else { throw parser.error() }
    return value
  }
}

private struct LiteralParser {
  let text: [UInt8]
  let file: String
  let base: Int
  private var position = 0

  init(text: [UInt8], file: String, base: Int) {
    self.text = text
    self.file = file
    self.base = base
  }

  func error() -> FileError {
    FileError(
      file: file, at: .byte(base + position), problem: "the header is not the text of a Python dictionary",
      help: "the file is damaged; get it again")
  }

  /// The next character that is no space.
  mutating func next() -> Unicode.Scalar? {
    while position < text.count, [0x20, 0x0a, 0x09, 0x0d].contains(text[position]) { position += 1 }
    return position < text.count ? Unicode.Scalar(text[position]) : nil
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next() == character else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws(FileError) -> PythonLiteral {
    guard depth < 16, let first = next() else { throw error() }
    switch first {
    case "{": return .dictionary(try dictionary(depth: depth))
    case "(": return .tuple(try sequence(until: ")", depth: depth))
    case "[": return .tuple(try sequence(until: "]", depth: depth))
    case "'", "\"": return .string(try string())
    case "T", "F": return .bool(try bool())
    default: return .integer(try integer())
    }
  }

  private mutating func dictionary(depth: Int) throws(FileError) -> [(key: String, value: PythonLiteral)] {
    position += 1
    var members: [(key: String, value: PythonLiteral)] = []
    var seen: Set<String> = []
    while !take("}") {
      let key = try string()
      guard take(":"), seen.insert(key).inserted else { throw error() }
      members.append((key, try value(depth: depth + 1)))
      if !take(","), next() != "}" { throw error() }
    }
    return members
  }

  private mutating func sequence(until end: Unicode.Scalar, depth: Int) throws(FileError) -> [PythonLiteral] {
    position += 1
    var elements: [PythonLiteral] = []
    while !take(end) {
      elements.append(try value(depth: depth + 1))
      if !take(","), next() != end { throw error() }
    }
    return elements
  }

  private mutating func string() throws(FileError) -> String {
    guard let quote = next(), quote == "'" || quote == "\"" else { throw error() }
    position += 1
    let start = position
    while position < text.count, text[position] != UInt8(ascii: quote), text[position] != UInt8(ascii: "\\") {
      position += 1
    }
    guard position < text.count, text[position] == UInt8(ascii: quote) else { throw error() }
    defer { position += 1 }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  private mutating func bool() throws(FileError) -> Bool {
    for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw error()
  }

  /// Python 2 wrote sizes as `3L`.
  private mutating func integer() throws(FileError) -> Int {
    let start = position
    if take("-") {}
    while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
    guard let value = Int(String(decoding: text[start..<position], as: UTF8.self)) else { throw error() }
    _ = take("L")
    return value
  }
}
