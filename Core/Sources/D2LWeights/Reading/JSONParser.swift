import D2LFiles
import Foundation

/// A strict reader of JSON (RFC 8259) in UTF-8.
///
/// Foundation's JSONSerialization keeps one of two members with the same key and forgets their order, which would let a header
/// say two things at once; this one refuses them, limits the depth, and names the byte of an error.
struct JSONParser {
  private let bytes: [UInt8]
  private let file: String
  private let base: Int
  private let depthLimit: Int
  private let memoryLimit: Int
  private var memory = 0
  private var position = 0

  /// What a value of an array and a member of an object take, twice the room of a growing array and the set of keys included: much
  /// more than the two bytes that they have in the text.
  private static let valueCost = 3 * MemoryLayout<JSONValue>.stride
  private static let memberCost = valueCost + 8 * MemoryLayout<String>.stride

  /// Parses all of `bytes`, which begin at offset `base` of `file`; white space may surround the document. Throws as well if the
  /// values would take more than `memoryLimit` bytes.
  static func parse(
    _ bytes: [UInt8], file: String, base: Int = 0, depthLimit: Int = 64, memoryLimit: Int = .max
  ) throws(FileError) -> JSONValue {
    var parser = JSONParser(bytes: bytes, file: file, base: base, depthLimit: depthLimit, memoryLimit: memoryLimit)
    parser.skipSpace()
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.error("something follows the end of the JSON text") }
    return value
  }

  private init(bytes: [UInt8], file: String, base: Int, depthLimit: Int, memoryLimit: Int) {
    self.bytes = bytes
    self.file = file
    self.base = base
    self.depthLimit = depthLimit
    self.memoryLimit = memoryLimit
  }

  private func error(_ problem: String, at place: Int? = nil) -> FileError {
    FileError(
      file: file, at: .byte(base + (place ?? position)), problem: problem, help: "the file is damaged; get it again")
  }

  private mutating func spend(_ bytes: Int) throws(FileError) {
    memory += bytes
    guard memory <= memoryLimit else { throw error("JSON text of more values than the size of the file allows") }
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(FileError) {
    guard take(UInt8(truncatingIfNeeded: character.value)) else {
      throw error("JSON text without the expected '\(character)'")
    }
  }

  private mutating func value(depth: Int) throws(FileError) -> JSONValue {
    guard depth < depthLimit else { throw error("JSON text nested deeper than \(depthLimit) levels") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw error("JSON text that ends too early")
    case let byte? where byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
      return try number()
    default: throw error("JSON text with a byte that begins no value")
    }
  }

  private mutating func object(depth: Int) throws(FileError) -> JSONValue {
    try expect("{")
    var members: [(key: String, value: JSONValue)] = []
    var seen: Set<String> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      try spend(Self.memberCost)
      let start = position
      let key = try string()
      guard seen.insert(key).inserted else { throw error("the key \"\(key)\" appears twice", at: start) }
      skipSpace()
      try expect(":")
      skipSpace()
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    try expect("}")
    return .object(members)
  }

  private mutating func array(depth: Int) throws(FileError) -> JSONValue {
    try expect("[")
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat {
      skipSpace()
      try spend(Self.valueCost)
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(UInt8(ascii: ","))
    try expect("]")
    return .array(elements)
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(FileError) -> JSONValue {
    let word = text.withUTF8Buffer { Array($0) }
    guard bytes[position...].starts(with: word) else { throw error("JSON text with a byte that begins no value") }
    position += word.count
    return value
  }

  // MARK: Numbers

  private mutating func digits() -> Int {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func number() throws(FileError) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let first = next
    let whole = digits()
    guard whole == 1 || whole > 1 && first != UInt8(ascii: "0") else {
      throw error("a number that JSON does not allow", at: start)
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      guard digits() > 0 else { throw error("a number that JSON does not allow", at: start) }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      guard digits() > 0 else { throw error("a number that JSON does not allow", at: start) }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw error("a number that JSON does not allow, or too large", at: start)
    }
    return .number(value)
  }

  // MARK: Strings

  private mutating func string() throws(FileError) -> String {
    let start = position
    try expect("\"")
    var result: [UInt8] = []
    while true {
      let run = position
      while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
      result += bytes[run..<position]
      switch next {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(validating: result, as: UTF8.self) else {
          throw error("text that is not UTF-8", at: start)
        }
        return text
      case UInt8(ascii: "\\"):
        position += 1
        result += Array(String(try escape()).utf8)
      case nil: throw error("a string without an end", at: start)
      default: throw error("a control character in a string")
      }
    }
  }

  private mutating func escape() throws(FileError) -> Unicode.Scalar {
    let start = position
    guard let byte = next else { throw error("a string without an end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw error("half of a surrogate pair", at: start) }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair", at: start) }
      return scalar
    default: throw error("an escape that JSON does not have", at: start)
    }
  }

  private mutating func hexadecimal() throws(FileError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("an escape that is not of four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }
}
