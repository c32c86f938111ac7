import D2LTensor

/// How many rows of logits `[batch, classes]` have the label among their k largest entries. Of equal entries those of lower classes count as
/// larger, so that a row of equal numbers is right for k labels and not for all.
public func topKCorrectCount(_ logits: Tensor<Float>, _ labels: Tensor<Int64>, k: Int) -> Int {
  require(
    logits.rank == 2 && labels.shape == [logits.shape[0]], "topKCorrectCount",
    "logits \(logits.shape), labels \(labels.shape)")
  require(k > 0, "topKCorrectCount", "k is \(k)")
  let classes = logits.shape[1]
  let rows = logits.values
  return labels.values.enumerated().count { row, label in
    require(label >= 0 && label < classes, "topKCorrectCount", "label \(label) of \(classes) classes")
    let start = row * classes
    let own = rows[start + Int(label)]
    if own.isNaN { return false }
    let before = (0..<classes).count { rows[start + $0] > own || (rows[start + $0] == own && $0 < Int(label)) }
    return before < k
  }
}

/// What a classifier takes for what: counts of pairs of true class and prediction.
public struct ConfusionMatrix: Sendable, Hashable, Codable {
  /// `counts[label][prediction]`.
  public private(set) var counts: [[Int]]

  /// Nothing counted yet.
  public init(classes: Int) {
    require(classes > 0, "ConfusionMatrix", "of \(classes) classes")
    counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
  }

  /// Counts pairs.
  public mutating func add(predictions: [Int], labels: [Int]) {
    require(
      predictions.count == labels.count, "ConfusionMatrix", "\(predictions.count) predictions, \(labels.count) labels")
    for (prediction, label) in zip(predictions, labels) {
      require(
        counts.indices.contains(prediction) && counts.indices.contains(label), "ConfusionMatrix",
        "class \(label) taken for \(prediction), of \(counts.count)")
      counts[label][prediction] += 1
    }
  }

  /// Counts what logits `[batch, classes]` take for what.
  public mutating func add(logits: Tensor<Float>, labels: Tensor<Int64>) {
    add(
      predictions: withoutGradient { logits.argmax(axis: 1).values.map { Int($0) } },
      labels: labels.values.map { Int($0) })
  }

  /// How many pairs were counted.
  public var count: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The share of right predictions; nil if nothing was counted.
  public var accuracy: Double? { ratio(counts.indices.reduce(0) { $0 + counts[$1][$1] }, count) }

  /// Of what was taken for the class, the share that is it; nil if nothing was.
  public func precision(of number: Int) -> Double? {
    ratio(counts[number][number], counts.reduce(0) { $0 + $1[number] })
  }

  /// Of what is of the class, the share that was found; nil if nothing is.
  public func recall(of number: Int) -> Double? { ratio(counts[number][number], counts[number].reduce(0, +)) }

  /// The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); nil where the class neither came nor was predicted.
  public func f1(of number: Int) -> Double? {
    ratio(2 * counts[number][number], counts[number].reduce(0, +) + counts.reduce(0) { $0 + $1[number] })
  }

  /// The mean F1 of the classes that came or were predicted; nil if there are none.
  public var macroF1: Double? {
    let scores = counts.indices.compactMap { f1(of: $0) }
    return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }
}

/// The area under the ROC curve: how likely a positive example has the higher score than a negative one, ties counting half. nil without examples of
/// both kinds.
public func areaUnderCurve(scores: [Double], isPositive: [Bool]) -> Double? {
  require(scores.count == isPositive.count, "areaUnderCurve", "\(scores.count) scores, \(isPositive.count) labels")
  require(!scores.contains { $0.isNaN }, "areaUnderCurve", "a score is not a number")
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  let positives = isPositive.count { $0 }
  let negatives = scores.count - positives
  guard positives > 0 && negatives > 0 else { return nil }
  // Ranks from 1, equal scores sharing the mean of theirs (Mann and Whitney, 1947).
  var rankSum = 0.0
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count && scores[order[end]] == scores[order[start]] { end += 1 }
    let rank = Double(start + 1 + end) / 2
    rankSum += rank * Double(order[start..<end].count { isPositive[$0] })
    start = end
  }
  let least = Double(positives) * Double(positives + 1) / 2
  return (rankSum - least) / (Double(positives) * Double(negatives))
}
