import D2LCore
import D2LSequence
import D2LTestSupport
import Foundation
import Testing

/// The book's figures of its texts, and what is wrong with other texts.
@Suite struct CorpusTests {
  private static func location(_ set: RemoteDataset) throws -> DataLocation? {
    realData == nil ? nil : try DataCache().locate(set)
  }

  private static let needsData: Comment = "D2L_DATA has no such data"

  @Test(.enabled(if: realData != nil, CorpusTests.needsData)) func timeMachine() throws {
    guard let location = try Self.location(.timeMachine) else { return }
    let lines = try TimeMachine.load(from: location)
    #expect(lines.count == 3221)
    #expect(lines[0] == "the time machine by h g wells")
    let words = Tokenization.words.tokens(of: lines)
    let vocabulary = Vocabulary(words)
    #expect(vocabulary.count == 4580)
    #expect(vocabulary[words[0]] == [1, 19, 50, 40, 2183, 2184, 400])
    #expect(
      Array(vocabulary.tokens.prefix(10)) == ["<unk>", "the", "i", "and", "of", "a", "to", "was", "in", "that"])
    let characters = Tokenization.characters.tokens(of: lines).flatMap { $0 }
    #expect(characters.count == 170_580)
    let alphabet = Vocabulary(characters)
    #expect(alphabet.count == 28)
    #expect(alphabet.tokens.dropFirst().joined() == " etainoshrdlmucfwgypbvkxzjq")

    let corpus = words.flatMap { $0 }
    #expect(corpus.count == 32_775)
    func top(_ order: Int, _ count: Int) -> [String] {
      countsByFrequency(of: ngrams(of: corpus, order: order)).prefix(count).map {
        "\($0.element.joined(separator: "-")) \($0.count)"
      }
    }
    #expect(top(1, 5) == ["the 2261", "i 1267", "and 1245", "of 1155", "a 816"])
    #expect(top(2, 6) == ["of-the 309", "in-the 169", "i-had 130", "i-was 112", "and-the 109", "the-time 102"])
    #expect(top(3, 3) == ["the-time-traveller 59", "the-time-machine 30", "the-medical-man 24"])
    #expect(Set(ngrams(of: corpus, order: 2)).count == 20_234)
    #expect(Set(ngrams(of: corpus, order: 3)).count == 29_882)
  }

  /// 35 characters, 32 texts: 8 batches, 8,960 characters an epoch.
  @Test func batchesOfTheBook() throws {
    let loader = DataLoader(corpus: Array(repeating: 0, count: 10_000), batchSize: 32, steps: 35)
    #expect(loader.batchCount == 8)
    for randomly in [true, false] {
      let small = DataLoader(corpus: Array(0..<35), batchSize: 2, steps: 5, randomly: randomly, seed: 3, prefetch: 0)
      #expect(small.batchCount >= 2)
      let batches = small.batches()
      while let batch = try batches.next() { #expect(batch.targets == batch.inputs + 1) }
    }
  }

  @Test(.enabled(if: realData != nil, CorpusTests.needsData)) func frenchEnglish() throws {
    guard let location = try Self.location(.frenchEnglish) else { return }
    let pairs = try FrenchEnglish.load(from: location)
    #expect(pairs.count == 167_130)
    #expect(pairs[0] == SentencePair(source: ["go", "."], target: ["va", "!"]))
    let all = TranslationVocabularies(pairs)
    #expect(all.source.count == 10_012)
    #expect(
      all.source[pairs[0].source].truncatedOrPadded(to: 10, with: all.padding) == [47, 4, 1, 1, 1, 1, 1, 1, 1, 1])
    #expect((all.padding, all.begin, all.end) == (1, 2, 3))
    let few = try FrenchEnglish.load(from: location, count: 600)
    #expect(few == Array(pairs[..<600]))
    let vocabularies = TranslationVocabularies(few)
    #expect(vocabularies.source.count == 184)
    #expect(vocabularies.target.count == 201)
  }

  @Test(.enabled(if: realData != nil, CorpusTests.needsData)) func pennTreebank() throws {
    guard let location = try Self.location(.pennTreebank) else { return }
    let text = try PennTreebank.load(from: location)
    #expect(text.vocabulary.count == 10_000)
    #expect(text.training.count == 929_589)
    #expect(text.validation.count == 73_760)
    #expect(text.test.count == 82_430)
    #expect(!text.validation.contains { $0 >= 10_000 })
  }

  @Test func sentencesAreCutAsInTheBook() {
    #expect(FrenchEnglish.tokens(of: "Je t'aime\u{202F}!") == ["je", "t'aime", "!"])
    #expect(FrenchEnglish.tokens(of: "Oui, d'accord... Non?") == ["oui", ",", "d'accord", ".", ".", ".", "non", "?"])
    #expect(FrenchEnglish.tokens(of: "À\u{A0}toi .") == ["à", "toi", "."])
    #expect(FrenchEnglish.tokens(of: "") == [])
  }

  @Test func linesThatAreNoPairs() {
    let error = #expect(throws: FileError.self) {
      try FrenchEnglish.pairs(of: "Go.\tVa !\nno tab here\n", file: "pairs.txt")
    }
    #expect(error?.description.hasPrefix("pairs.txt, line 2: ") == true)
  }

  /// Sentences that do not fit are left out and counted, none is cut.
  @Test func sentencesThatDoNotFit() {
    let pairs = (1...6).map { length in
      SentencePair(source: Array(repeating: "a", count: length), target: ["b"])
    }
    let dataset = TranslationDataset(pairs, TranslationVocabularies(pairs), steps: 5)
    #expect(dataset.count == 4)
    #expect(dataset.tooLong == 2)
    var generator = RandomGenerator(seed: 0)
    let batch = dataset.batch([3, 0], using: &generator)
    #expect(batch.sourceLengths == Tensor([5, 2]))
    #expect(batch.source == Tensor([[4, 4, 4, 4, 3], [4, 3, 1, 1, 1]]))
    #expect(batch.target == Tensor([[4, 3, 1, 1, 1], [4, 3, 1, 1, 1]]))
    #expect(batch.targetTokens == 4)
  }

  @Test func generatedTextsDependOnTheSeedAlone() {
    #expect(SyntheticText.sentences(50, seed: 1) == SyntheticText.sentences(50, seed: 1))
    #expect(SyntheticText.sentences(50, seed: 1) != SyntheticText.sentences(50, seed: 2))
    #expect(SyntheticText.sentences(50, seed: 1) == Array(SyntheticText.sentences(60, seed: 1)[..<50]))
    #expect(SyntheticTranslation.pairs(20, seed: 1) != SyntheticTranslation.pairs(20, seed: 2))
  }
}

@Suite struct NGramTests {
  private let text = [0, 1, 0, 1, 2, 0, 1]

  @Test func countsByHand() throws {
    let bigram = try NGramModel(of: text, order: 2, vocabulary: 4, smoothing: (1, 2))
    // 0 comes three times in seven, and twice... after 1: once 0, once 2.
    let zero = (3 + 1.0 / 4) / 8
    #expect(abs(bigram.probability(of: 0, after: [1]) - (1 + 2 * zero) / (2 + 2)) < 1e-12)
    // 3 never comes: only the smoothing is left.
    #expect(abs(bigram.probability(of: 3, after: [1]) - 2 * (0.25 / 8) / 4) < 1e-12)
    // A context never seen: the frequencies.
    #expect(abs(bigram.probability(of: 0, after: [3]) - zero) < 1e-12)
    #expect(abs(bigram.probability(of: 0, after: []) - zero) < 1e-12)
    let counted = try NGramModel(of: text, order: 2, vocabulary: 4, smoothing: (0, 0))
    #expect(counted.probability(of: 1, after: [0]) == 1)
    #expect(counted.probability(of: 3, after: [0]) == 0)
  }

  @Test func probabilitiesAddUpToOne() throws {
    for order in 1...3 {
      let model = try NGramModel(of: text, order: order, vocabulary: 5, smoothing: (0.7, 1.3))
      for context in [[], [0], [1, 0], [4, 4], [0, 1, 2]] {
        let sum = (0..<5).reduce(0.0) { $0 + model.probability(of: $1, after: context) }
        #expect(abs(sum - 1) < 1e-12)
      }
    }
  }

  @Test func scoresAndTexts() throws {
    let model = try NGramModel(of: text, order: 2, vocabulary: 3, smoothing: (1, 0.01))
    let expected = text.indices.reduce(0.0) {
      $0 - log(model.probability(of: text[$1], after: Array(text[..<$1])))
    }
    let score = model.score(of: text)
    #expect(score.tokens == 7)
    #expect(abs(score.loss - expected / 7) < 1e-12)
    var generator = RandomGenerator(seed: 2)
    let drawn = model.continuation(of: [0], count: 500, using: &generator)
    #expect(drawn.count == 500)
    // After 0 comes 1 but for the smoothing.
    let after = zip(drawn, drawn.dropFirst()).filter { $0.0 == 0 }
    #expect(Double(after.filter { $0.1 == 1 }.count) / Double(after.count) > 0.97)
    #expect(throws: SequenceError.self) { try NGramModel(of: [1], order: 2, vocabulary: 3) }
  }

  /// With some text to count, neighbours tell more than frequencies, on text that was not counted. Three words in a row are too rare for counts: the
  /// book's reason to leave them (8.3).
  @Test func bigramsBeatUnigrams() throws {
    let words = SyntheticText.sentences(1500, seed: 3).flatMap { Tokenization.words.tokens(of: $0) }
    let vocabulary = Vocabulary(words)
    let corpus = vocabulary[words]
    let (training, test) = (Array(corpus[..<8000]), Array(corpus[8000...]))
    let scores = try (1...3).map {
      try NGramModel(of: training, order: $0, vocabulary: vocabulary.count).score(of: test).perplexity
    }
    #expect(scores[1] < scores[0] * 0.6)
    #expect(scores[1] < scores[2] && scores[2] < scores[0])
  }
}
