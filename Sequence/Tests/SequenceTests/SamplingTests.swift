import D2LCore
import D2LSequence
import D2LTestSupport
import Foundation
import Testing

@Suite struct SamplingTests {
  private let scores: [Float] = [0.1, 2, -1, 1.5, 0]

  private func softmax(_ scores: [Double]) -> [Double] {
    let weights = scores.map { exp($0) }
    return weights.map { $0 / weights.reduce(0, +) }
  }

  @Test func temperatureDividesTheScores() {
    for temperature in [0.5, 1, 3] {
      let expected = softmax(scores.map { Double($0) / temperature })
      #expect(mismatch(TokenSampling(temperature: temperature).probabilities(scores), expected, relative: 1e-9) == nil)
    }
    #expect(TokenSampling.greedy.probabilities(scores) == [0, 1, 0, 0, 0])
  }

  @Test func topKKeepsTheBest() {
    let kept = softmax([2, 1.5])
    #expect(mismatch(TokenSampling(topK: 2).probabilities(scores), [0, kept[0], 0, kept[1], 0], relative: 1e-9) == nil)
    #expect(TokenSampling(topK: 1).probabilities(scores) == [0, 1, 0, 0, 0])
    #expect(mismatch(TokenSampling(topK: 99).probabilities(scores), TokenSampling().probabilities(scores)) == nil)
  }

  /// The fewest tokens that together reach the share: 0.5 is reached by the first (0.503), 0.6 needs the second.
  @Test func topPKeepsAShare() {
    let all = softmax(scores.map { Double($0) })
    #expect(all[1] > 0.5 && all[1] < 0.6)
    #expect(TokenSampling(topP: 0.5).probabilities(scores).filter { $0 > 0 }.count == 1)
    let two = TokenSampling(topP: 0.6).probabilities(scores)
    #expect(mismatch(two, [0, all[1] / (all[1] + all[3]), 0, all[3] / (all[1] + all[3]), 0], relative: 1e-9) == nil)
    #expect(TokenSampling(topP: 1).probabilities(scores).allSatisfy { $0 > 0 })
  }

  @Test func drawsFollowTheProbabilities() {
    let sampling = TokenSampling(temperature: 1.3, topK: 4)
    let expected = sampling.probabilities(scores)
    var generator = RandomGenerator(seed: 5)
    var counts = [Double](repeating: 0, count: 5)
    let draws = 20_000
    for _ in 0..<draws { counts[sampling.token(scores, using: &generator)] += 1 }
    #expect(counts[2] == 0)
    for (count, probability) in zip(counts, expected) {
      let deviation = (Double(draws) * probability * (1 - probability)).squareRoot()
      #expect(abs(count - Double(draws) * probability) <= 4.5 * deviation)
    }
  }

  @Test func neverWhatCannotBe() {
    var generator = RandomGenerator(seed: 1)
    let scores: [Float] = [-.infinity, 1, -.infinity]
    for _ in 0..<100 { #expect(TokenSampling(temperature: 5).token(scores, using: &generator) == 1) }
  }
}

@Suite struct GenerationTests {
  private let vocabulary = ["<unk>"] + "abcdefg ".map { String($0) }
  private let model = withRandomSeed(4) {
    let model = LanguageModel(LanguageModelConfiguration(.lstm, vocabulary: 9, hidden: 12))
    model.initializeUniformly(1)
    return model
  }

  private func generator() throws -> TextGenerator {
    TextGenerator(model, vocabulary: try TokenTable(vocabulary), tokenization: .characters)
  }

  /// Reading everything anew for each character gives the same text.
  @Test func greedyTextIsTheArgmaxOfTheWhole() throws {
    var numbers = [1, 2]
    for _ in 0..<15 {
      let logits = model.evaluating {
        model(Tensor(numbers.map { Int64($0) }).reshaped([1, numbers.count])).logits[numbers.count - 1, 0].values
      }
      numbers.append((1..<9).max { (logits[$0], -$0) < (logits[$1], -$1) } ?? 0)
    }
    #expect(try generator().text(after: "ab", count: 15) == numbers.map { vocabulary[$0] }.joined())
  }

  @Test func seedsDecide() throws {
    func text(_ seed: UInt64) throws -> String {
      try generator().text(after: "a", count: 40, sampling: TokenSampling(), seed: seed)
    }
    #expect(try text(1) == text(1))
    #expect(try text(1) != text(2))
    #expect(try generator().text(after: "abc", count: 0) == "abc")
  }

  @Test func unknownCharactersAreNamed() throws {
    let error = #expect(throws: SequenceError.self) { try generator().text(after: "abXc", count: 3) }
    #expect(error?.description.contains("\"X\", token 3 of \"abXc\"") == true)
    let empty = #expect(throws: SequenceError.self) { try generator().text(after: "", count: 3) }
    #expect(empty?.description.contains("the prefix is empty") == true)
  }

  @Test func wordsHaveSpacesBetween() throws {
    let table = try TokenTable(["<unk>", "the", "old", "star", "b", "c", "d", "e", "f"])
    let words = TextGenerator(model, vocabulary: table, tokenization: .words)
    let text = try words.text(after: "the  old", count: 5)
    #expect(text.hasPrefix("the old "))
    #expect(text.split(separator: " ").count == 7)
    #expect(!text.contains("<unk>"))
  }
}
