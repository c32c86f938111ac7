import D2LCore
import Foundation

/// A Markov model: the next token depends on the `order - 1` tokens before it, its probability counted and smoothed (Laplace; book 8.3).
///
/// P(x) = (n(x) + ε₁ / m) / (n + ε₁), P(x | c) = (n(c, x) + ε P(x)) / (n(c) + ε): with few counts a context falls back on the frequencies of the tokens.
/// The probabilities of all tokens of the vocabulary add up to 1 in every context.
public struct NGramModel: Sendable {
  /// How many tokens are looked at, the one foretold included: 1 for unigrams.
  public let order: Int
  /// How many tokens there are.
  public let vocabulary: Int
  /// ε₁ of the frequencies and ε of the contexts.
  public let smoothing: (frequencies: Double, contexts: Double)
  private let frequencies: [Double]
  private let contexts: [[Int]: Context]

  private struct Context: Sendable {
    var total = 0
    var counts: [Int: Int] = [:]

    mutating func add(_ token: Int) {
      total += 1
      counts[token, default: 0] += 1
    }
  }

  /// Counts a text. Throws a ``SequenceError`` for one that is shorter than the order.
  public init(
    of text: [Int], order: Int, vocabulary: Int, smoothing: (frequencies: Double, contexts: Double) = (1, 1)
  ) throws(SequenceError) {
    require(order > 0 && vocabulary > 0, "NGramModel", "of order \(order) over \(vocabulary) tokens")
    require(
      smoothing.frequencies >= 0 && smoothing.contexts >= 0, "NGramModel", "smoothed by \(smoothing)")
    guard text.count >= order else { throw .tooShort(tokens: text.count, needed: order, for: "an n-gram") }
    self.order = order
    self.vocabulary = vocabulary
    self.smoothing = smoothing
    var counts = [Double](repeating: 0, count: vocabulary)
    for token in text { counts[token] += 1 }
    let total = Double(text.count) + smoothing.frequencies
    frequencies = counts.map { ($0 + smoothing.frequencies / Double(vocabulary)) / total }
    var contexts: [[Int]: Context] = [:]
    if order > 1 {
      for end in (order - 1)..<text.count {
        contexts[Array(text[(end - order + 1)..<end]), default: Context()].add(text[end])
      }
    }
    self.contexts = contexts
  }

  /// The probability of `token` after `before`, of which the last `order - 1` tokens count; with fewer, or in a context never seen and not smoothed, it is the
  /// token's frequency.
  public func probability(of token: Int, after before: some BidirectionalCollection<Int>) -> Double {
    let frequency = frequencies[token]
    guard order > 1, before.count >= order - 1 else { return frequency }
    let context = contexts[Array(before.suffix(order - 1))]
    let denominator = Double(context?.total ?? 0) + smoothing.contexts
    if denominator == 0 { return frequency }
    return (Double(context?.counts[token] ?? 0) + smoothing.contexts * frequency) / denominator
  }

  /// The score of a text that was held out: every token is foretold.
  public func score(of text: [Int]) -> TextScore {
    var loss = 0.0
    for place in text.indices {
      let before = text[Swift.max(0, place - order + 1)..<place]
      loss -= Foundation.log(probability(of: text[place], after: before))
    }
    return TextScore(tokens: text.count, loss: text.isEmpty ? .nan : loss / Double(text.count))
  }

  /// The `count` tokens that follow `prefix`, drawn by their probabilities.
  public func continuation(of prefix: [Int], count: Int, using generator: inout RandomGenerator) -> [Int] {
    var text = prefix
    for _ in 0..<count {
      var left = generator.uniform()
      var drawn = vocabulary - 1
      for token in 0..<vocabulary {
        left -= probability(of: token, after: text)
        if left < 0 {
          drawn = token
          break
        }
      }
      text.append(drawn)
    }
    return Array(text[prefix.count...])
  }
}
