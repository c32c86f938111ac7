import D2LTensor
import Foundation
import Testing

/// The list of operators against the source itself.
@Suite struct CoverageTests {
  private static let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
  private static let sources = tests.appendingPathComponent("../../Sources/D2LTensor").standardizedFileURL

  /// Files that declare operators: not the foundations (shapes, element types, storage), nor parameters and the engine, which have
  /// tests of their own.
  private static func operatorFiles() throws -> [URL] {
    let operations = try FileManager.default.contentsOfDirectory(
      at: sources.appendingPathComponent("Operations"), includingPropertiesForKeys: nil)
    let others = ["Tensor", "Random", "Distributions", "Autograd/Backward", "Autograd/Recording"]
    return operations.filter { $0.pathExtension == "swift" }
      + others.map { sources.appendingPathComponent($0 + ".swift") }
  }

  /// "name(label:label:)" of every public function, initializer and subscript, with whether a comment stands above it.
  private static func declarations(in text: String) -> [(name: String, isDocumented: Bool)] {
    let pattern =
      /public (?:(?:static|mutating|prefix|final) )*(func|init|subscript)( [.<>=!&|+*\/-]+(?= ?[(])| [^ <(]+(?=[<(]))?/
    return text.matches(of: pattern).map { match in
      let word = match.output.2.map { String($0.dropFirst()) }
      var rest = text[match.range.upperBound...]
      var name = word ?? String(match.output.1)
      if rest.first == "?" {
        name += "?"
        rest = rest.dropFirst()
      }
      let line = text[..<match.range.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
      let above = line.dropLast().last { !$0.allSatisfy(\.isWhitespace) && !$0.contains("@") } ?? ""
      let isDocumented = above.drop { $0 == " " }.hasPrefix("///")
      return (name + labels(rest, isSubscript: name == "subscript"), isDocumented)
    }
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

  @Test("Every public operator is in the list, documented")
  func nothingIsMissing() throws {
    let listed = Set(OperatorCoverage.all.map(\.name))
    #expect(listed.count == OperatorCoverage.all.count, "an operator is listed twice")
    var declared: Set<String> = []
    for file in try CoverageTests.operatorFiles() {
      for (name, isDocumented) in CoverageTests.declarations(in: try String(contentsOf: file, encoding: .utf8)) {
        declared.insert(name)
        let isListed = listed.contains(name)
        #expect(isListed, "\(file.lastPathComponent): \(name) is not in OperatorCoverage.swift")
        #expect(isDocumented, "\(file.lastPathComponent): \(name) has no comment")
      }
    }
    #expect(declared.count > 150)
    let gone = listed.subtracting(declared)
    #expect(gone.isEmpty, "listed, but no longer declared: \(gone)")
  }

  @Test("Every check that the list names exists")
  func checksExist() throws {
    let keys = Set(OperatorTable<Double>().functions.keys)
    var used: Set<String> = []
    let folders = ["TensorTests", "LayersTests"].map { CoverageTests.tests.appendingPathComponent("../\($0)") }
    let files = try folders.flatMap {
      try FileManager.default.contentsOfDirectory(at: $0.standardizedFileURL, includingPropertiesForKeys: nil)
    }
    let texts = try files.filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }
    for entry in OperatorCoverage.all {
      for check in [entry.gradient, entry.values] {
        switch check {
        case .table(let names):
          #expect(!names.isEmpty && Set(names).isSubset(of: keys), "\(entry.name): \(Set(names).subtracting(keys))")
          used.formUnion(names)
        case .test(let test):
          let parts = test.split(separator: ".")
          let isThere = texts.contains { $0.contains("struct \(parts[0]) ") && $0.contains("func \(parts[1])(") }
          #expect(isThere, "\(entry.name): there is no test \(test)")
        case .none(let why): #expect(!why.isEmpty)
        }
      }
    }
    let idle = keys.subtracting(used).filter { !$0.hasPrefix("einsum ") }
    #expect(idle.isEmpty, "in the table, but no operator claims them: \(idle)")
  }

  @Test func geometriesCompare() {
    let a = ConvolutionGeometry(stride: (1, 2), padding: (3, 4), dilation: (5, 6), groups: 7)
    #expect(a == a && Set([a, a]).count == 1)
    #expect(a != ConvolutionGeometry(stride: (1, 2), padding: (3, 4), dilation: (5, 6), groups: 8))
    #expect(a != ConvolutionGeometry(stride: (2, 2), padding: (3, 4), dilation: (5, 6), groups: 7))
  }
}
