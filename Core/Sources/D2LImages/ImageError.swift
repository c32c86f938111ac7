/// Why an image could not be read or written: which file, where in it, what is wrong, what can be done.
///
/// ```
/// cat.jpg, byte 4711: damaged JPEG: Premature end of JPEG file
/// ```
public struct ImageError: Error, Hashable, Sendable {
  /// The kinds of trouble, for code that reacts to them.
  public enum Reason: Hashable, Sendable {
    /// The file is missing, unreadable, or could not be written.
    case file
    /// Neither PNG nor JPEG, or a file name without a known extension.
    case unknownFormat
    /// The bytes break the rules of their format, or end too early.
    case damaged
    /// A valid file, or an image, of a form that is not handled.
    case unsupported
    /// Past a limit of ``ImageLimits``.
    case tooLarge
  }

  /// The kind of trouble.
  public var reason: Reason
  /// Path of the file, if there is one.
  public var file: String?
  /// Bytes read when the trouble showed.
  public var offset: Int?
  /// What is wrong, in the words of the library that noticed.
  public var problem: String
  /// What the reader of the message can do.
  public var help: String?

  /// An error, for a file or for bytes in memory.
  public init(_ reason: Reason, file: String? = nil, offset: Int? = nil, problem: String, help: String? = nil) {
    self.reason = reason
    self.file = file
    self.offset = offset
    self.problem = problem
    self.help = help
  }

  func inFile(_ path: String) -> ImageError {
    var copy = self
    copy.file = path
    return copy
  }
}

extension ImageError: CustomStringConvertible {
  /// File, offset and problem on a line; a second one with help if there is any.
  public var description: String {
    var text = file ?? "image"
    if let offset { text += ", byte \(offset)" }
    text += ": " + problem
    if let help { text += "\nhelp: " + help }
    // A hostile file can put control characters into the text.
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isShown($0) ? $0 : "?" }))
  }

  private func isShown(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
  }
}
