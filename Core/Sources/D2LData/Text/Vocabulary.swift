import D2LTensor

/// The tokens that a model knows, numbered (book 8.2).
///
/// 0 is `<unk>`, which stands for all that are not in it; then come the reserved tokens, then the others by how often they come, of equals the one
/// that came first.
public struct Vocabulary: Sendable, Equatable {
  /// What unknown tokens become.
  public static let unknown = "<unk>"
  /// The tokens in the order of their numbers.
  public let tokens: [String]
  /// How often each token came in the text the vocabulary was made from, the most frequent first; also those that were too rare.
  public let counts: [TokenCount]
  private let numbers: [String: Int]

  /// A token and how often it came.
  public struct TokenCount: Sendable, Hashable {
    /// The token.
    public let token: String
    /// How often it came.
    public let count: Int
  }

  /// The vocabulary of a text. Tokens that come less than `minimumCount` times are left out.
  public init(_ text: some Sequence<String>, minimumCount: Int = 0, reserved: [String] = []) {
    counts = countsByFrequency(of: text).map { TokenCount(token: $0.element, count: $0.count) }
    var tokens: [String] = []
    var numbers: [String: Int] = [:]
    for token in [Vocabulary.unknown] + reserved where numbers[token] == nil {
      numbers[token] = tokens.count
      tokens.append(token)
    }
    for entry in counts where entry.count >= minimumCount && numbers[entry.token] == nil {
      numbers[entry.token] = tokens.count
      tokens.append(entry.token)
    }
    self.tokens = tokens
    self.numbers = numbers
  }

  /// The vocabulary of lines of tokens.
  public init(_ lines: [[String]], minimumCount: Int = 0, reserved: [String] = []) {
    self.init(lines.joined(), minimumCount: minimumCount, reserved: reserved)
  }

  /// How many tokens there are, `<unk>` and reserved ones included.
  public var count: Int { tokens.count }

  /// The number of a token, 0 if it is not known.
  public subscript(token: String) -> Int { numbers[token] ?? 0 }

  /// The numbers of tokens.
  public subscript(tokens: [String]) -> [Int] { tokens.map { self[$0] } }

  /// Whether a token has a number of its own.
  public func contains(_ token: String) -> Bool { numbers[token] != nil }

  /// The tokens of numbers.
  public func tokens(of numbers: some Sequence<Int>) -> [String] {
    numbers.map { number in
      require(tokens.indices.contains(number), "Vocabulary", "token \(number) of \(tokens.count)")
      return tokens[number]
    }
  }
}
