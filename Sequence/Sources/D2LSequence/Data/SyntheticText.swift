import D2LCore

/// Sentences of a small grammar, for language models where no book is at hand.
///
/// Verbs agree with their subject over the words between them, relative clauses nest, and some words are more frequent than others: there is more to
/// learn than how often each word comes, and a limit to what can be known.
public enum SyntheticText {
  private static let nouns = [
    "traveller", "machine", "editor", "doctor", "lamp", "garden", "river", "tower", "sphinx", "star", "flower",
    "shadow",
  ]
  private static let adjectives = ["old", "small", "white", "silent", "strange", "bright", "green"]
  private static let transitive = ["see", "find", "follow", "fear", "know"]
  private static let intransitive = ["sleep", "vanish", "wait", "return"]
  private static let adverbs = ["slowly", "again", "at night", "in the dark", "before dawn"]

  /// Sentences as lines of words.
  public static func sentences(_ count: Int, seed: UInt64) -> [String] {
    var generator = RandomGenerator(seed: seed)
    return (0..<count).map { _ in sentence(using: &generator).joined(separator: " ") }
  }

  private static func sentence(using generator: inout RandomGenerator) -> [String] {
    let isPlural = generator.uniform() < 0.4
    var words = subject(isPlural, depth: 0, using: &generator)
    if generator.uniform() < 0.6 {
      words.append(verb(transitive, isPlural, using: &generator))
      words += subject(generator.uniform() < 0.4, depth: 1, using: &generator)
    } else {
      words.append(verb(intransitive, isPlural, using: &generator))
    }
    if generator.uniform() < 0.3 { words.append(pick(adverbs, using: &generator)) }
    return words
  }

  private static func subject(_ isPlural: Bool, depth: Int, using generator: inout RandomGenerator) -> [String] {
    var words = [isPlural ? "the" : generator.uniform() < 0.5 ? "the" : "a"]
    while generator.uniform() < 0.35 { words.append(pick(adjectives, using: &generator)) }
    words.append(pick(nouns, using: &generator) + (isPlural ? "s" : ""))
    if depth == 0, generator.uniform() < 0.25 {
      words += ["that", verb(transitive, isPlural, using: &generator)]
      words += subject(generator.uniform() < 0.4, depth: 1, using: &generator)
    }
    return words
  }

  private static func verb(_ verbs: [String], _ isPlural: Bool, using generator: inout RandomGenerator) -> String {
    pick(verbs, using: &generator) + (isPlural ? "" : "s")
  }

  /// One of the words, earlier ones more often: the smaller of two draws.
  private static func pick(_ words: [String], using generator: inout RandomGenerator) -> String {
    func number() -> Int { Int(generator.uniform() * Double(words.count)) }
    let index = Swift.min(number(), number())
    return words[index]
  }
}
