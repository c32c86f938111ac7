import D2LCore
import D2LSequence
import D2LTestSupport
import Foundation
import Testing

/// A decoder whose scores are a formula of everything written so far.
private struct FormulaState: DecodingState {
  var histories: [[Int]]
  func selecting(_ rows: Tensor<Int64>) -> FormulaState {
    FormulaState(histories: rows.values.map { histories[Int($0)] })
  }
}

private struct FormulaDecoder: Sendable {
  let vocabulary: Int
  let stream: Int

  /// Sentence `number` begins with the token -1 - number, so that each has scores of its own.
  func logits(_ history: [Int]) -> [Float] {
    let key = history.reduce(stream) { ($0 &* 31 &+ $1 &+ 7) & 0xFFFF }
    return (Formula.uniform([vocabulary], key, from: -2, to: 2) as Tensor<Float>).values
  }

  func step(_ tokens: Tensor<Int64>, _ state: FormulaState) -> (logits: Tensor<Float>, state: FormulaState) {
    let histories = zip(state.histories, tokens.values).map { $0 + [Int($1)] }
    return (Tensor(histories.map { logits($0) }), FormulaState(histories: histories))
  }

  /// Every sequence of up to `length` tokens with its log-probability, by going through all of them.
  func all(_ first: Int, length: Int, end: Int) -> [(tokens: [Int], logProbability: Double, isComplete: Bool)] {
    var found: [([Int], Double, Bool)] = []
    func go(_ tokens: [Int], _ sum: Double) {
      if tokens.count == length {
        found.append((tokens, sum, false))
        return
      }
      let scores = logits([first] + tokens).map { Double($0) }
      let normalizer = log(scores.reduce(0) { $0 + exp($1) })
      for (token, score) in scores.enumerated() {
        if token == end {
          found.append((tokens, sum + score - normalizer, true))
        } else {
          go(tokens + [token], sum + score - normalizer)
        }
      }
    }
    go([], 0)
    return found.map { (tokens: $0.0, logProbability: $0.1, isComplete: $0.2) }
  }
}

@Suite struct BeamSearchTests {
  @Test(arguments: [(3, 4, 1), (4, 3, 2), (2, 6, 3), (5, 3, 4)], [0, 0.75, 2])
  func withBeamsForAllItIsExhaustive(_ sizes: (vocabulary: Int, length: Int, stream: Int), _ penalty: Double) {
    let decoder = FormulaDecoder(vocabulary: sizes.vocabulary, stream: sizes.stream)
    let count = Int(pow(Double(sizes.vocabulary), Double(sizes.length)))
    let search = BeamSearch(beams: count, maximumLength: sizes.length, lengthPenalty: penalty, end: 1)
    let found = search(from: FormulaState(histories: [[]]), beginningWith: [-1], step: decoder.step)[0]
    let all = decoder.all(-1, length: sizes.length, end: 1).map { one in
      let length = Double(one.tokens.count + (one.isComplete ? 1 : 0))
      return (tokens: one.tokens, score: one.logProbability / pow(length, penalty), isComplete: one.isComplete)
    }.sorted { $0.score > $1.score }
    #expect(found.count == all.count)
    for (hypothesis, expected) in zip(found, all) {
      #expect(abs(hypothesis.score - expected.score) < 1e-5)
      #expect(hypothesis.tokens == expected.tokens)
      #expect(hypothesis.isComplete == expected.isComplete)
    }
  }

  @Test(arguments: 1...20) func oneBeamIsGreedy(_ stream: Int) {
    let decoder = FormulaDecoder(vocabulary: 5, stream: stream)
    let first = [-1, -2, -3]
    let start = FormulaState(histories: first.map { _ in [] })
    let greedy = greedySearch(from: start, beginningWith: first, maximumLength: 8, end: 0, step: decoder.step)
    let beam = BeamSearch(beams: 1, maximumLength: 8, end: 0)(from: start, beginningWith: first, step: decoder.step)
    #expect(beam.map { $0[0].tokens } == greedy)
    #expect(beam.allSatisfy { $0.count == 1 })
  }

  @Test(arguments: [2, 3, 7]) func sentencesOfABatchAreIndependent(_ beams: Int) {
    let decoder = FormulaDecoder(vocabulary: 6, stream: 9)
    let search = BeamSearch(beams: beams, maximumLength: 7, end: 2)
    let first = [-1, -2, -3, -4]
    let together = search(
      from: FormulaState(histories: first.map { _ in [] }), beginningWith: first, step: decoder.step)
    for (number, token) in first.enumerated() {
      let alone = search(from: FormulaState(histories: [[]]), beginningWith: [token], step: decoder.step)[0]
      #expect(together[number] == alone)
    }
  }

  @Test func theBestComeFirstAndMoreBeamsFindNoWorse() {
    var better = 0
    for stream in 1...30 {
      let decoder = FormulaDecoder(vocabulary: 6, stream: stream)
      func search(_ beams: Int) -> [Hypothesis] {
        BeamSearch(beams: beams, maximumLength: 4, lengthPenalty: 0, end: 0)(
          from: FormulaState(histories: [[]]), beginningWith: [-1], step: decoder.step)[0]
      }
      let (one, five, all) = (search(1), search(5), search(1296))
      #expect(five.count == 5)
      #expect(zip(five, five.dropFirst()).allSatisfy { $0.score >= $1.score })
      #expect(Set(five.map { $0.tokens + [$0.isComplete ? 1 : 0] }).count == 5)
      #expect(all[0].score >= five[0].score)
      if five[0].score > one[0].score { better += 1 }
    }
    #expect(better > 5)
  }

  @Test func lengthPenaltyFavoursLongerSequences() {
    let decoder = FormulaDecoder(vocabulary: 5, stream: 3)
    func mean(_ penalty: Double) -> Double {
      let lengths = (1...30).map { number in
        BeamSearch(beams: 700, maximumLength: 4, lengthPenalty: penalty, end: 0)(
          from: FormulaState(histories: [[]]), beginningWith: [-number], step: decoder.step)[0][0].tokens.count
      }
      return Double(lengths.reduce(0, +)) / 30
    }
    #expect(mean(0) < mean(0.75))
    #expect(mean(0.75) < mean(2))
  }
}
