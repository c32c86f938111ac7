import D2LTensor
import Foundation

extension Tally {
  /// exp of the mean of a sum of natural logarithms per token (book 8.4): how many tokens the model hesitates between.
  public func perplexity(_ name: String = "loss") -> Double? { self[name].map { Foundation.exp($0) } }
}

/// BLEU as book 9.7 has it: exp(min(0, 1 - length of label / length of prediction)) times the product over n = 1 ... k of the n-gram
/// precision to the power of ½ⁿ.
///
/// An n-gram of the label can be matched once for each time it is there. A prediction without tokens, or with fewer than n where the label has
/// n-grams, scores 0; n-grams longer than prediction and label count as matched.
public func bleu(_ prediction: [String], _ label: [String], k: Int) -> Double {
  require(k > 0, "bleu", "with n-grams up to \(k)")
  guard !prediction.isEmpty else { return label.isEmpty ? 1 : 0 }
  var score = Foundation.exp(min(0, 1 - Double(label.count) / Double(prediction.count)))
  for n in 1...k {
    var left: [[String]: Int] = [:]
    for gram in grams(label, n) { left[gram, default: 0] += 1 }
    let predicted = grams(prediction, n)
    if predicted.isEmpty && left.isEmpty { continue }
    var matches = 0
    for gram in predicted where left[gram, default: 0] > 0 {
      matches += 1
      left[gram, default: 0] -= 1
    }
    let precision = predicted.isEmpty ? 0 : Double(matches) / Double(predicted.count)
    score *= Foundation.pow(precision, Foundation.pow(0.5, Double(n)))
  }
  return score
}

private func grams(_ tokens: [String], _ n: Int) -> [[String]] {
  tokens.count < n ? [] : (0...tokens.count - n).map { Array(tokens[$0..<$0 + n]) }
}
