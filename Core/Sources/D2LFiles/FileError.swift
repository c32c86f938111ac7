import Foundation

/// What the world got wrong: a file, an entry of an archive, a download or a folder that cannot be used as it is.
///
/// It says which file, where in it, what is wrong, and what to do about it:
///
/// ```
/// train-images.gz, byte 4711: the compressed data ends too early
/// help: fetch the file again
/// ```
///
/// Mistakes in a program (a wrong shape, an index out of range) are not errors of this kind.
public struct FileError: Error, Hashable, Sendable {
  /// Where in the file the problem lies.
  public enum Place: Hashable, Sendable {
    /// Byte offset from the start of the file.
    case byte(Int)
    /// Line number, from 1.
    case line(Int)
    /// A tensor's key, the name of an archive's entry, a field of a header.
    case key(String)
  }

  /// Path, URL or name of the file.
  public var file: String
  /// Where in the file, if that is known.
  public var place: Place?
  /// What is wrong, with the values that show it.
  public var problem: String
  /// What the reader of the message can do, if there is something.
  public var help: String?

  /// An error at a place of a file.
  public init(file: String, at place: Place? = nil, problem: String, help: String? = nil) {
    self.file = file
    self.place = place
    self.problem = problem
    self.help = help
  }

  /// The error for a system call that failed with `code` (an `errno`), with advice for the common ones.
  ///
  /// - Parameters:
  ///   - file: the path.
  ///   - code: the `errno`.
  ///   - action: what was tried, as in "cannot *open the file*".
  public init(file: String, errno code: Int32, cannot action: String) {
    let reason = String(cString: strerror(code))
    self.init(file: file, problem: "cannot \(action): \(reason)", help: Self.advice(for: code))
  }

  private static func advice(for code: Int32) -> String? {
    switch code {
    case ENOENT: "check the path; a folder on the way may be missing"
    case EACCES, EPERM: "check the permissions of the file and of its folder"
    case EROFS: "the file system is read-only; choose another place"
    case ENOSPC, EDQUOT: "the disk is full; free some space or choose another place"
    case EFBIG: "the file would exceed the largest size allowed here (see `ulimit -f`)"
    case EISDIR: "this is a folder; give the path of a file"
    case ENOTDIR: "a part of the path is a file, not a folder"
    case ENAMETOOLONG: "use a shorter name"
    case EMFILE, ENFILE: "too many files are open (see `ulimit -n`)"
    case EIO: "the disk reports a failure; try another copy of the file"
    default: nil
    }
  }
}

extension FileError: CustomStringConvertible, LocalizedError {
  /// One line with file, place and problem; a second one with help if there is any.
  ///
  /// Control characters, which a hostile file can put into a name or a key, are written as escapes.
  public var description: String {
    var text = printable(file)
    switch place {
    case .byte(let offset): text += ", byte \(offset)"
    case .line(let number): text += ", line \(number)"
    case .key(let key): text += ", \"\(printable(key))\""
    case nil: break
    }
    text += ": " + printable(problem)
    if let help { text += "\nhelp: " + printable(help) }
    return text
  }

  /// The same as `description`, so that code which only knows `Error` shows it too.
  public var errorDescription: String? { description }
}

/// `text` with control characters as escapes and, beyond a length nobody reads, shortened in the middle.
func printable(_ text: String, limit: Int = 600) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    let isBidi = (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    if isControl || isBidi {
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  guard result.count > limit else { return result }
  return result.prefix(limit / 2) + " … " + result.suffix(limit / 2)
}
