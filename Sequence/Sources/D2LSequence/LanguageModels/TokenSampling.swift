import D2LCore
import Foundation

/// How the next token is chosen from a model's scores.
public struct TokenSampling: Sendable, Hashable {
  /// Divides the scores: below 1 probable tokens become more so, 0 takes the most probable.
  public var temperature: Double
  /// Only so many of the most probable tokens are drawn from.
  public var topK: Int?
  /// Only the fewest of the most probable tokens that together have this probability are drawn from (Holtzman et al., 2020).
  public var topP: Double?

  /// Always the most probable token.
  public static let greedy = TokenSampling(temperature: 0)

  /// Draws from all tokens as they are, unless told otherwise.
  public init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil) {
    require(temperature >= 0, "TokenSampling", "a temperature of \(temperature)")
    require(topK ?? 1 > 0, "TokenSampling", "the best \(topK ?? 0) tokens")
    require(topP.map { $0 > 0 && $0 <= 1 } ?? true, "TokenSampling", "a share of \(topP ?? 0)")
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
  }

  /// The probability of each token to be drawn; a score of -∞ is never.
  public func probabilities(_ scores: [Float]) -> [Double] {
    // The most probable first; of equals the one with the smaller number.
    let order = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    var result = [Double](repeating: 0, count: scores.count)
    guard let best = order.first else { return result }
    if temperature == 0 {
      result[best] = 1
      return result
    }
    let kept = order.prefix(topK ?? scores.count)
    let weights = kept.map { Foundation.exp((Double(scores[$0]) - Double(scores[best])) / temperature) }
    let total = weights.reduce(0, +)
    var sum = 0.0
    for (token, weight) in zip(kept, weights) {
      if let topP, sum >= topP * total { break }
      result[token] = weight
      sum += weight
    }
    return result.map { $0 / sum }
  }

  /// A token drawn by the scores.
  public func token(_ scores: [Float], using generator: inout RandomGenerator) -> Int {
    let probabilities = probabilities(scores)
    if temperature == 0 { return probabilities.firstIndex(of: 1) ?? 0 }
    var left = generator.uniform()
    var last = 0
    for (token, probability) in probabilities.enumerated() where probability > 0 {
      last = token
      left -= probability
      if left < 0 { break }
    }
    return last
  }
}
