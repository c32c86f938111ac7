import D2LCore

/// Tokens and their numbers, in whatever order a trained model has them.
public struct TokenTable: Sendable, Hashable {
  /// The tokens in the order of their numbers.
  public let tokens: [String]
  /// The number of what stands for all unknown tokens, if there is such a token.
  public let unknown: Int?
  private let numbers: [String: Int]

  /// The tokens given. Throws a ``SequenceError`` if there are none, or one comes twice.
  public init(_ tokens: [String], unknown: String = Vocabulary.unknown) throws(SequenceError) {
    guard !tokens.isEmpty else {
      throw SequenceError("the vocabulary is empty", help: "give one token a line, in the model's order")
    }
    var numbers: [String: Int] = [:]
    for (number, token) in tokens.enumerated() {
      if let first = numbers.updateValue(number, forKey: token) {
        throw SequenceError(
          "the vocabulary has \"\(token)\" twice, as number \(first) and as number \(number)",
          help: "give each token once, in the model's order")
      }
    }
    (self.tokens, self.numbers, self.unknown) = (tokens, numbers, numbers[unknown])
  }

  /// The tokens of a vocabulary.
  public init(_ vocabulary: Vocabulary) {
    tokens = vocabulary.tokens
    numbers = Dictionary(uniqueKeysWithValues: zip(tokens, tokens.indices))
    unknown = numbers[Vocabulary.unknown]
  }

  /// A file with one token a line. Throws a `FileError` or a ``SequenceError``.
  public static func load(path: String) throws -> TokenTable { try TokenTable(lines(of: readText(path: path))) }

  /// How many tokens there are.
  public var count: Int { tokens.count }

  /// The number of a token; nil if it is not known.
  public subscript(token: String) -> Int? { numbers[token] }

  /// The numbers of tokens that must all be known. Throws a ``SequenceError`` that names the first that is not, and where it is.
  public func numbers(of tokens: [String], in text: String) throws(SequenceError) -> [Int] {
    var result: [Int] = []
    for (place, token) in tokens.enumerated() {
      guard let number = numbers[token] else {
        throw SequenceError(
          "\"\(token)\", token \(place + 1) of \"\(text)\", is not in the model's vocabulary",
          help:
            "it knows \(count) tokens: \(self.tokens.prefix(40).map { $0 == " " ? "space" : $0 }.joined(separator: " "))"
            + (count > 40 ? " …" : ""))
      }
      result.append(number)
    }
    return result
  }
}
