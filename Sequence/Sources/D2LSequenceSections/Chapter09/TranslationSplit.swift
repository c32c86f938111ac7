import D2LCommands
import D2LCore
import D2LSequence

/// The sentence pairs that translation models learn from, are watched by, and are judged by.
struct TranslationSplit {
  /// The book's setting: sentences of up to ten tokens.
  static let steps = 10
  /// The book's sentences, with their translations.
  static let bookExamples = [
    ("go .", "va !"), ("i lost .", "j'ai perdu ."), ("he's calm .", "il est calme ."),
    ("i'm home .", "je suis chez moi ."),
  ]

  /// The words of the pairs learned from.
  let vocabularies: TranslationVocabularies
  /// Learned from, watched by.
  let training, validation: TranslationDataset
  /// What translations are shown of.
  let examples: [SentencePair]
  /// "real" or "synthetic".
  let name: String
  /// Where they are from, in a sentence.
  let details: String

  /// The first 600 pairs, as in the book, and the 100 after them; or generated pairs of which a quarter is never learned from.
  init(_ location: DataLocation?, seed: UInt64) throws {
    let isReal = location != nil
    let source = try TranslationSource(location, count: isReal ? 700 : nil, seed: seed)
    let trainingCount = isReal ? 600 : source.pairs.count * 3 / 4
    let pairs = (Array(source.pairs.prefix(trainingCount)), Array(source.pairs.dropFirst(trainingCount)))
    vocabularies = TranslationVocabularies(pairs.0)
    training = TranslationDataset(pairs.0, vocabularies, steps: Self.steps)
    let held = isReal ? pairs.1 : Array(pairs.1.prefix(pairs.1.count / 2))
    validation = TranslationDataset(held, vocabularies, steps: Self.steps)
    func words(_ text: String) -> [String] { text.split(separator: " ").map { String($0) } }
    examples =
      isReal
      ? Self.bookExamples.map { SentencePair(source: words($0.0), target: words($0.1)) }
      : Array(pairs.1.dropFirst(held.count))
    name = source.name
    let left = training.tooLong + validation.tooLong
    details =
      "\(source.origin), \(training.count) pairs to learn from, \(validation.count) to watch"
      + (left == 0 ? "" : "; \(left) longer than \(Self.steps - 1) tokens left out")
  }
}

/// What a model makes of sentences, beside what they should be.
struct TranslationTest {
  /// BLEU of each sentence with n-grams up to 2, as the book has it.
  let scores: [Double]
  /// Sources, translations, and how good they are.
  let table: TextTable

  /// Translations of the examples' sources.
  init(_ examples: [SentencePair], _ translations: [[String]], shown: Int = 8) {
    scores = zip(examples, translations).map { bleu($1, $0.target, k: 2) }
    var table = TextTable(
      columns: ["source", "translation", "should be"].map { TextTable.Column($0, maximumWidth: 44) } + [
        TextTable.Column("BLEU")
      ])
    for (number, example) in examples.prefix(shown).enumerated() {
      table.add(
        example.source.joined(separator: " "), translations[number].joined(separator: " "),
        example.target.joined(separator: " "), fixed(scores[number], 3))
    }
    self.table = table
  }

  /// The mean over the sentences.
  var mean: Double { scores.isEmpty ? .nan : scores.reduce(0, +) / Double(scores.count) }
}
