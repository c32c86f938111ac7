import D2LCore

/// A sentence and its translation, as tokens.
public struct SentencePair: Sendable, Hashable {
  /// In the language translated from.
  public let source: [String]
  /// In the language translated into.
  public let target: [String]

  /// A pair of token lists.
  public init(source: [String], target: [String]) {
    self.source = source
    self.target = target
  }
}

/// English sentences with French translations (tatoeba.org by manythings.org; book 9.5), the shortest first.
public enum FrenchEnglish {
  /// The first `count` pairs, or all.
  public static func load(from location: DataLocation, count: Int? = nil) throws -> [SentencePair] {
    let path = try location.path(of: "fra-eng.zip")
    return try pairs(of: ZipArchive(path: path).text(of: "fra-eng/fra.txt"), count: count, file: path)
  }

  /// Pairs from lines "English TAB French". Throws a `FileError` for a line without a TAB.
  public static func pairs(of text: String, count: Int? = nil, file: String) throws(FileError) -> [SentencePair] {
    var pairs: [SentencePair] = []
    for (number, line) in lines(of: text).enumerated() {
      if let count, pairs.count == count { break }
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard parts.count >= 2 else {
        throw FileError(
          file: file, at: .line(number + 1), problem: "the line is no pair of sentences",
          help: "a line is an English sentence, a tab, and its French translation")
      }
      pairs.append(SentencePair(source: tokens(of: String(parts[0])), target: tokens(of: String(parts[1]))))
    }
    return pairs
  }

  /// A sentence as the book cuts it: unbreakable spaces become spaces, capitals small, and , . ! ? stand apart.
  public static func tokens(of sentence: String) -> [String] {
    var text = String.UnicodeScalarView()
    for scalar in sentence.lowercased().unicodeScalars {
      switch scalar {
      case "\u{202F}", "\u{A0}": text.append(" ")
      case ",", ".", "!", "?":
        if let last = text.last, last != " " { text.append(" ") }
        text.append(scalar)
      default: text.append(scalar)
      }
    }
    // As in the book, at single spaces; what two of them enclose is a token without letters, of no use to anybody.
    return text.split(separator: " ").map { String($0) }
  }
}

/// Sentences of a small grammar with translations by rule, for translation models where no corpus is at hand.
///
/// The second language puts adjectives behind nouns, marks them for number, and says every negation in two words around the verb: words change, and their
/// order and number with them.
public enum SyntheticTranslation {
  private static let nouns = [
    ("cat", "chat"), ("dog", "chien"), ("bird", "merle"), ("boat", "canot"), ("friend", "ami"),
  ]
  private static let adjectives = [("small", "petit"), ("black", "noir"), ("good", "bon"), ("tall", "grand")]
  private static let verbs = [("sleeps", "dort"), ("sings", "chante"), ("falls", "tombe"), ("wins", "gagne")]
  private static let persons = [("he", "il"), ("she", "elle"), ("someone", "quelqu'un")]

  /// Pairs without repetitions: at most 624 exist.
  public static func pairs(_ count: Int, seed: UInt64) -> [SentencePair] {
    var all: [SentencePair] = []
    for verb in verbs {
      for isNegated in [false, true] {
        for end in [".", "!", "?"] {
          for person in persons { all.append(pair([person.0], [person.1], verb, isNegated, end)) }
          for noun in nouns {
            all.append(pair(["the", noun.0], ["le", noun.1], verb, isNegated, end))
            for adjective in adjectives {
              all.append(
                pair(["the", adjective.0, noun.0], ["le", noun.1, adjective.1], verb, isNegated, end))
            }
          }
        }
      }
    }
    var generator = RandomGenerator(seed: seed)
    let order = generator.permutation(all.count).values
    return order.prefix(count).map { all[Int($0)] }
  }

  private static func pair(
    _ source: [String], _ target: [String], _ verb: (String, String), _ isNegated: Bool, _ end: String
  ) -> SentencePair {
    SentencePair(
      source: source + (isNegated ? ["never", verb.0] : [verb.0]) + [end],
      target: target + (isNegated ? ["ne", verb.1, "jamais"] : [verb.1]) + [end])
  }
}
