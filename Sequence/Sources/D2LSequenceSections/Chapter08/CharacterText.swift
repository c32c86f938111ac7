import D2LCommands
import D2LCore
import D2LSequence

/// The text that the character models of chapters 8 and 9 learn, cut into three parts that do not overlap.
struct CharacterText {
  /// The book learns 10,000 characters by heart.
  static let trainingLength = 10_000
  static let heldOutLength = 5_000

  /// All characters of the text.
  let vocabulary: Vocabulary
  /// What is learned from, what may end the training, and what judges it.
  let training, validation, test: [Int]
  /// "real" or "synthetic".
  let name: String
  /// Where it is from, in a sentence.
  let details: String
  /// What generated texts begin with.
  let prefixes: [String]

  /// The Time Machine, a text of the user's, or generated sentences.
  init<Defaults>(_ options: TrainingOptions<Defaults>, own path: String?) throws {
    if let path {
      let text = try lines(of: readText(path: path)).map(\.reducedToLetters).filter { !$0.isEmpty }
      try self.init(text.joined(separator: " "), name: "own", origin: path, prefixes: nil)
    } else if let location = try DataCache().find(.timeMachine, options.quick ? .synthetic : options.data) {
      try self.init(
        TimeMachine.load(from: location).joined(), name: "real", origin: "\(location)",
        prefixes: ["time traveller", "traveller"])
    } else {
      let sentences = SyntheticText.sentences(1_000, seed: options.seed)
      try self.init(
        sentences.joined(separator: " "), name: "synthetic", origin: "generated sentences",
        prefixes: ["the old traveller", "a machine"])
    }
  }

  /// A text of one's own is learned whole but for two tenths; of the others as much as in the book.
  private init(_ text: String, name: String, origin: String, prefixes: [String]?) throws {
    let characters = Tokenization.characters.tokens(of: text)
    guard !characters.isEmpty else {
      throw SequenceError("\(origin): the text is empty", help: "give a text with letters a to z in it")
    }
    let isOwn = prefixes == nil
    let held = isOwn ? characters.count / 10 : Self.heldOutLength
    let first = isOwn ? characters.count - 2 * held : Self.trainingLength
    vocabulary = Vocabulary(characters)
    let corpus = vocabulary[characters]
    training = Array(corpus[..<first])
    validation = Array(corpus[first..<(first + held)])
    test = Array(corpus[(first + held)..<(first + 2 * held)])
    self.name = name
    self.prefixes = prefixes ?? [String(text.prefix(20))]
    details =
      "\(origin), \(grouped(first)) characters to learn from, \(grouped(held)) each to watch and to judge by"
  }
}
