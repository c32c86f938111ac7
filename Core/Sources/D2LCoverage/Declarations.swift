import Foundation

/// A public declaration that the table is about, as the sources have it.
public struct Declaration: Sendable {
  /// The module that it is in.
  public let module: String
  /// The file that it is in.
  public let file: String
  /// Its name, with the labels of a function: "matmul(_:)", "Conv2d".
  public let name: String
  /// Whether a comment stands above it.
  public let isDocumented: Bool

  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  /// The folder of Core's tests.
  public static let tests = sources.deletingLastPathComponent().appendingPathComponent("Tests")

  /// All declarations that have a row in the table.
  public static func all() throws -> [Declaration] { try operators() + layers() + optimization() }

  /// Public functions, initialisers and subscripts of the files that declare operators: not the foundations (shapes, element types, storage), nor
  /// parameters and the engine, which have tests of their own.
  private static func operators() throws -> [Declaration] {
    let others = ["Tensor", "Random", "Distributions", "Autograd/Backward", "Autograd/Recording"]
    let paths = try files(in: "D2LTensor/Operations") + others.map { "D2LTensor/\($0).swift" }
    let pattern =
      /public (?:(?:static|mutating|prefix|final) )*(func|init|subscript)( [.<>=!&|+*\/-]+(?= ?[(])| [^ <(]+(?=[<(]))?/
    return try paths.flatMap { path in
      let text = try text(path)
      return text.matches(of: pattern).map { match in
        let word = match.output.2.map { String($0.dropFirst()) }
        var rest = text[match.range.upperBound...]
        var name = word ?? String(match.output.1)
        if rest.first == "?" {
          name += "?"
          rest = rest.dropFirst()
        }
        return Declaration(
          module: "D2LTensor", file: path, name: name + labels(rest, isSubscript: name == "subscript"),
          isDocumented: isDocumented(match.range.lowerBound, in: text))
      }
    }
  }

  /// Public types and free functions of the folders whose public declarations are layers or losses.
  private static func layers() throws -> [Declaration] {
    try ["Layers", "Recurrent", "Attention", "Losses"].flatMap { try files(in: "D2LLayers/\($0)") }
      .flatMap { try topLevel($0, module: "D2LLayers") }
  }

  /// Public types and free functions of D2LOptim.
  private static func optimization() throws -> [Declaration] {
    try files(in: "D2LOptim").flatMap { try topLevel($0, module: "D2LOptim") }
  }

  /// Public types at any depth and free functions of a file.
  private static func topLevel(_ path: String, module: String) throws -> [Declaration] {
    let text = try text(path)
    let pattern =
      /(?m)^(?: *(?:public|open) (?:final |indirect )?(?:class|struct|enum|protocol|actor)|public func) (\w+)/
    return text.matches(of: pattern).filter { module == "D2LOptim" || text[$0.range.lowerBound] != " " }.map { match in
      Declaration(
        module: module, file: path, name: String(match.output.1),
        isDocumented: isDocumented(match.range.lowerBound, in: text))
    }
  }

  private static func isDocumented(_ start: String.Index, in text: String) -> Bool {
    let lines = text[..<start].split(separator: "\n", omittingEmptySubsequences: false)
    // The declaration's own line, as far as it stands before the match, is the last one.
    let above = lines.dropLast().last { !$0.allSatisfy(\.isWhitespace) && !$0.drop { $0 == " " }.hasPrefix("@") } ?? ""
    return above.drop { $0 == " " }.hasPrefix("///")
  }

  /// The argument labels of a declaration that begins with its generic parameters or its parentheses.
  private static func labels(_ text: Substring, isSubscript: Bool) -> String {
    var depth = 0
    var angle = 0
    var argument = ""
    var found: [String] = []
    func finish() {
      let head = argument.split(separator: ":").first?.split(whereSeparator: \.isWhitespace).map(String.init) ?? []
      if let label = head.first { found.append(isSubscript && head.count == 1 ? "_" : label) }
      argument = ""
    }
    var previous: Character = " "
    for character in text {
      defer { previous = character }
      switch character {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "<": angle += 1
      case ">" where previous != "-": angle -= 1
      default: break
      }
      if depth == 0 && angle == 0 && character == ")" { break }
      if depth == 1 && angle == 0 && character == "," {
        finish()
      } else if depth > 0 && !(depth == 1 && character == "(") {
        argument.append(character)
      }
      if depth == 0 && angle == 0 && character == "{" { break }
    }
    finish()
    return "(" + found.map { $0 + ":" }.joined() + ")"
  }

  /// The Swift files of a folder and those within it, as paths below the sources.
  private static func files(in folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: sources.appendingPathComponent(folder).path)
      .filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: sources.appendingPathComponent(path), encoding: .utf8)
  }
}
