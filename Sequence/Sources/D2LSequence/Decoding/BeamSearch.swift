import D2LCore
import Foundation

/// What a decoder knows of several sequences that it writes side by side.
public protocol DecodingState {
  /// The states of the given sequences, each as often as it is named.
  func selecting(_ rows: Tensor<Int64>) -> Self
}

extension RecurrentState: DecodingState {}

/// A sequence that a search found.
public struct Hypothesis: Sendable, Hashable {
  /// Its tokens, without the end.
  public let tokens: [Int]
  /// The sum of the logarithms of its tokens' probabilities, that of the end included.
  public let logProbability: Double
  /// The same divided by (number of tokens, the end included) to the power of the length penalty: what hypotheses are compared by.
  public let score: Double
  /// Whether it ended by itself, or because it may not be longer.
  public let isComplete: Bool
}

/// Beam search (book 9.8): of all continuations only the most probable are followed.
///
/// With as many beams as there are sequences it is an exhaustive search, with one it is greedy.
public struct BeamSearch: Sendable, Hashable {
  /// How many continuations are followed.
  public var beams: Int
  /// How many tokens a sequence may have, the end included.
  public var maximumLength: Int
  /// α of the score log p / lengthᵅ: 0 prefers short sequences, the book's 0.75 does less so.
  public var lengthPenalty: Double
  /// The token that ends a sequence.
  public var end: Int

  /// A search with the book's length penalty unless told otherwise.
  public init(beams: Int, maximumLength: Int, lengthPenalty: Double = 0.75, end: Int) {
    require(beams > 0 && maximumLength > 0, "BeamSearch", "\(beams) beams of up to \(maximumLength) tokens")
    self.beams = beams
    self.maximumLength = maximumLength
    self.lengthPenalty = lengthPenalty
    self.end = end
  }

  /// A sequence under way or done, and the row that its state is in.
  private struct Beam {
    var tokens: [Int]
    var logProbability: Double
    var row: Int
  }

  /// The best sequences for each row of `state`, at most `beams` each, the best first.
  ///
  /// - Parameters:
  ///   - first: the token that each row begins with.
  ///   - step: the last tokens `[rows]` and the state before them to logits of the next, `[rows, vocabulary]`, and the state behind.
  public func callAsFunction<State: DecodingState>(
    from state: State, beginningWith first: [Int],
    step: (_ tokens: Tensor<Int64>, _ state: State) -> (logits: Tensor<Float>, state: State)
  ) -> [[Hypothesis]] {
    var state = state
    var live = first.indices.map { [Beam(tokens: [], logProbability: 0, row: $0)] }
    var done = [[Hypothesis]](repeating: [], count: first.count)
    for length in 1...maximumLength {
      let beams = live.joined()
      if beams.isEmpty { break }
      // Rows of the state follow the beams: each beam goes on from a copy of its parent's.
      let isInPlace = length == 1 && beams.count == first.count
      if !isInPlace { state = state.selecting(Tensor(beams.map { Int64($0.row) })) }
      let last = live.enumerated().flatMap { sentence, beams in beams.map { Int64($0.tokens.last ?? first[sentence]) } }
      let (logits, next) = step(Tensor(last), state)
      state = next
      let logProbabilities = logits.logSoftmax()
      let choices = logProbabilities.topK(Swift.min(self.beams + 1, logits.shape[1]))
      var row = 0
      for sentence in live.indices {
        let rows = row..<row + live[sentence].count
        row = rows.upperBound
        live[sentence] = extend(live[sentence], rows, choices, length: length, &done[sentence])
      }
    }
    for sentence in live.indices {
      done[sentence] += live[sentence].map { hypothesis($0.tokens, $0.logProbability, isComplete: false) }
    }
    return done.map { Array(sorted($0).prefix(beams)) }
  }

  /// The beams of one sentence that are followed further; those that end go to `done`.
  private func extend(
    _ beams: [Beam], _ rows: Range<Int>, _ choices: (values: Tensor<Float>, indices: Tensor<Int64>), length: Int,
    _ done: inout [Hypothesis]
  ) -> [Beam] {
    let width = choices.values.shape[1]
    var candidates: [(parent: Int, token: Int, logProbability: Double)] = []
    choices.values.withUnsafeBufferPointer { values in
      choices.indices.withUnsafeBufferPointer { indices in
        for (parent, row) in rows.enumerated() {
          for place in row * width..<(row + 1) * width {
            candidates.append(
              (parent, Int(indices[place]), beams[parent].logProbability + Double(values[place])))
          }
        }
      }
    }
    // Of equals the first: the order of the beams, then that of their tokens' probabilities.
    let order = candidates.indices.sorted {
      (-candidates[$0].logProbability, $0) < (-candidates[$1].logProbability, $1)
    }
    var next: [Beam] = []
    for (rank, index) in order.enumerated() where next.count < self.beams {
      let candidate = candidates[index]
      let parent = beams[candidate.parent]
      if candidate.token != end {
        next.append(
          Beam(
            tokens: parent.tokens + [candidate.token], logProbability: candidate.logProbability,
            row: rows.lowerBound + candidate.parent))
      } else if rank < self.beams {
        done.append(hypothesis(parent.tokens, candidate.logProbability, isComplete: true))
      }
    }
    return done.count >= self.beams ? [] : next
  }

  private func hypothesis(_ tokens: [Int], _ logProbability: Double, isComplete: Bool) -> Hypothesis {
    let length = Double(tokens.count + (isComplete ? 1 : 0))
    return Hypothesis(
      tokens: tokens, logProbability: logProbability,
      score: logProbability / Foundation.pow(Swift.max(length, 1), lengthPenalty), isComplete: isComplete)
  }

  private func sorted(_ hypotheses: [Hypothesis]) -> [Hypothesis] {
    hypotheses.enumerated().sorted { (-$0.element.score, $0.offset) < (-$1.element.score, $1.offset) }.map(\.element)
  }
}

/// Greedy search: always the most probable token, until the end or `maximumLength` tokens. One sequence for each row of `state`.
public func greedySearch<State: DecodingState>(
  from state: State, beginningWith first: [Int], maximumLength: Int, end: Int,
  step: (_ tokens: Tensor<Int64>, _ state: State) -> (logits: Tensor<Float>, state: State)
) -> [[Int]] {
  var state = state
  var last = first
  var sequences = [[Int]](repeating: [], count: first.count)
  var isDone = [Bool](repeating: false, count: first.count)
  for _ in 0..<maximumLength {
    let (logits, next) = step(Tensor(last.map { Int64($0) }), state)
    state = next
    last = logits.argmax(axis: 1).values.map { Int($0) }
    for (row, token) in last.enumerated() where !isDone[row] {
      if token == end { isDone[row] = true } else { sequences[row].append(token) }
    }
    if isDone.allSatisfy({ $0 }) { break }
  }
  return sequences
}
