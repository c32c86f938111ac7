import D2LCore
import Foundation

/// How well a model foretells a text.
public struct TextScore: Sendable, Hashable {
  /// Tokens that were foretold: all but the first.
  public let tokens: Int
  /// Their mean negative log-probability, in nats.
  public let loss: Double
  /// exp of the loss: how many equally likely tokens the model hesitates between.
  public var perplexity: Double { Foundation.exp(loss) }

  /// A score over so many tokens.
  public init(tokens: Int, loss: Double) {
    self.tokens = tokens
    self.loss = loss
  }
}

extension AutoregressiveModel {
  /// The score of a text that was held out: every token but the first is foretold exactly once, in evaluation mode, nothing recorded.
  ///
  /// The text is cut into `streams` consecutive parts that are read side by side, each from the zero state; one stream is exact, more are faster
  /// and lose what the beginnings of the parts could have known. Throws a ``SequenceError`` for a text of fewer than two tokens.
  public func score(of tokens: [Int], streams: Int = 1, steps: Int = 70) throws(SequenceError) -> TextScore {
    require(streams > 0 && steps > 0, "score", "\(streams) streams of \(steps) steps")
    guard tokens.count > 1 else { throw .tooShort(tokens: tokens.count, needed: 2, for: "one prediction") }
    let predictions = tokens.count - 1
    let columns = (predictions + streams - 1) / streams
    let ignored: Int64 = -100
    func piece(_ range: Range<Int>, shift: Int, padding: Int64) -> Tensor<Int64> {
      Tensor(
        shape: [streams, range.count],
        values: (0..<streams).flatMap { stream in
          range.map { column in
            let place = stream * columns + column
            return column < columns && place < predictions ? Int64(tokens[place + shift]) : padding
          }
        })
    }
    var sum = 0.0
    evaluating {
      var state: RecurrentState?
      for start in stride(from: 0, to: columns, by: steps) {
        let range = start..<Swift.min(start + steps, columns)
        let (logits, next) = self(piece(range, shift: 0, padding: 0), from: state)
        state = next
        let targets = piece(range, shift: 1, padding: ignored).transposed().reshaped([streams * range.count])
        let losses = logits.reshaped([targets.count, vocabularySize]).crossEntropyPerRow(targets, ignoring: ignored)
        sum += losses.values.reduce(0.0) { $0 + Double($1) }
      }
    }
    return TextScore(tokens: predictions, loss: sum / Double(predictions))
  }
}

/// The perplexity of a model that knows only how often each token comes: what a language model has to beat.
///
/// Frequencies are those of `training` with one added to each count (Laplace), the score is that of `heldOut`.
public func unigramScore(of heldOut: [Int], knowing training: [Int], vocabulary: Int) -> TextScore {
  var counts = [Double](repeating: 1, count: vocabulary)
  for token in training { counts[token] += 1 }
  let total = counts.reduce(0, +)
  let loss = heldOut.reduce(0.0) { $0 - Foundation.log(counts[$1] / total) }
  return TextScore(tokens: heldOut.count, loss: heldOut.isEmpty ? .nan : loss / Double(heldOut.count))
}
