import D2LFiles
import D2LTensor

/// How text is cut into tokens (book 8.2).
public enum Tokenization: String, Sendable, CaseIterable {
  /// Words, at white space.
  case words
  /// Characters, white space included.
  case characters

  /// The tokens of a line.
  public func tokens(of line: String) -> [String] {
    switch self {
    case .words: line.split(whereSeparator: \.isWhitespace).map(String.init)
    case .characters: line.map(String.init)
    }
  }

  /// The tokens of each line.
  public func tokens(of lines: [String]) -> [[String]] { lines.map { tokens(of: $0) } }
}

/// The lines of a text, without their ends (LF or CR LF); an end at the end of the text begins no line of its own.
public func lines(of text: String) -> [String] {
  var parts = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
  if parts.last == "" { parts.removeLast() }
  return parts
}

extension String {
  /// Letters a to z in lower case with single spaces for everything between them, and none at the ends: the book's way with The Time
  /// Machine (8.2).
  public var reducedToLetters: String {
    var result: [UInt8] = []
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): result.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): result.append(byte + 32)
      default: if let last = result.last, last != UInt8(ascii: " ") { result.append(UInt8(ascii: " ")) }
      }
    }
    if result.last == UInt8(ascii: " ") { result.removeLast() }
    return String(decoding: result, as: UTF8.self)
  }
}

/// H. G. Wells, The Time Machine (1895): the book's text for language models (8.2).
public enum TimeMachine {
  /// The 3,221 lines reduced to letters, empty ones included.
  public static func load(from location: DataLocation) throws(FileError) -> [String] {
    try load(path: location.path(of: "timemachine.txt"))
  }

  /// The same from a file.
  public static func load(path: String) throws(FileError) -> [String] {
    lines(of: try readText(path: path)).map(\.reducedToLetters)
  }
}
