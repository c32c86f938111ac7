import D2LCore
import Foundation

/// The public declarations in a folder of Swift sources, with the comments that document them.
enum SourceDocumentation {
  /// A declaration as it stands in the source.
  struct Declaration {
    /// "public init(ones shape: Shape)".
    let text: String
    /// The comment above it, without its slashes.
    let documentation: String
    /// File and line.
    let place: String
  }

  /// The folder of Core's sources when this program was built.
  static var builtFrom: String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  }

  /// All public declarations below a folder, file by file. Throws a ``FileError`` if there are no sources.
  static func declarations(in folder: String) throws -> [Declaration] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let files = names.filter { $0.hasSuffix(".swift") }.sorted()
    guard !files.isEmpty else {
      throw FileError(
        file: folder, problem: "there are no Swift sources here", help: "name Core's folder Sources with --sources")
    }
    return try files.flatMap { try declarations(path: folder + "/" + $0, name: $0) }
  }

  private static func declarations(path: String, name: String) throws(FileError) -> [Declaration] {
    var found: [Declaration] = []
    var comment: [String] = []
    let lines = try readText(path: path).split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("///") {
        comment.append(text.dropFirst(3).trimmingCharacters(in: .whitespaces))
      } else if text.hasPrefix("@") {
        continue  // an attribute stands between comment and declaration
      } else {
        if text.hasPrefix("public ") {
          found.append(
            Declaration(
              text: declaration(in: lines[number...]), documentation: comment.joined(separator: "\n"),
              place: "\(name), line \(number + 1)"))
        }
        comment = []
      }
    }
    return found
  }

  /// The declaration that begins with the first of these lines: up to its body or, without one, to where its brackets are closed.
  private static func declaration(in lines: ArraySlice<Substring>) -> String {
    var text = ""
    for line in lines {
      let part = line.trimmingCharacters(in: .whitespaces)
      text += text.isEmpty || text.hasSuffix("(") || part.hasPrefix(")") ? part : " " + part
      let depth = text.count { $0 == "(" } - text.count { $0 == ")" }
      if depth <= 0 { break }
    }
    return text.range(of: " {").map { String(text[..<$0.lowerBound]) } ?? text
  }
}
