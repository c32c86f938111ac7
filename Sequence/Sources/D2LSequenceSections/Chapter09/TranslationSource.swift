import D2LCommands
import D2LCore
import D2LSequence

/// Where the sentence pairs of a section come from.
struct TranslationSource {
  /// The pairs, in the source's order.
  let pairs: [SentencePair]
  /// "real" or "synthetic".
  let name: String
  /// Where they are from.
  let origin: String

  /// The first `count` English-French pairs (all without a count), or generated ones.
  init(_ location: DataLocation?, count: Int?, seed: UInt64) throws {
    if let location {
      pairs = try FrenchEnglish.load(from: location, count: count)
      (name, origin) = ("real", "\(location)")
    } else {
      pairs = SyntheticTranslation.pairs(count ?? .max, seed: seed)
      (name, origin) = ("synthetic", "generated sentences")
    }
    guard !pairs.isEmpty else {
      throw SequenceError("\(origin): there are no sentence pairs", help: "give lines \"English TAB French\"")
    }
  }
}
