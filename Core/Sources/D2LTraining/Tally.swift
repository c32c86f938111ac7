import D2LTensor

/// Sums over examples from which averages are taken: of losses, of right answers.
public struct Tally: Sendable, Hashable, Codable {
  /// How many examples (or tokens) were counted.
  public private(set) var count: Int
  private var sums: [String: Double]

  /// Nothing counted yet.
  public init() {
    count = 0
    sums = [:]
  }

  /// Sums over `count` examples.
  public init(count: Int, sums: [String: Double]) {
    self.count = count
    self.sums = sums
  }

  /// The sum called `name` per example; nil if there is none or nothing was counted.
  public subscript(name: String) -> Double? { count == 0 ? nil : sums[name].map { $0 / Double(count) } }

  /// The names of the sums, sorted.
  public var names: [String] { sums.keys.sorted() }

  /// Adds what another tally counted.
  public static func += (left: inout Tally, right: Tally) {
    left.count += right.count
    left.sums.merge(right.sums, uniquingKeysWith: +)
  }
}

extension Tally {
  /// Loss and right answers of a classifier: `loss` is a mean over the batch, `logits` `[batch, classes]`, `labels` `[batch]`.
  public init(loss: Tensor<Float>, logits: Tensor<Float>, labels: Tensor<Int64>) {
    let correct = correctCount(logits, labels)
    self.init(
      count: labels.count,
      sums: ["loss": Double(loss.item()) * Double(labels.count), "accuracy": Double(correct)])
  }
}

/// How many rows of logits `[batch, classes]` have their largest entry at the label (book 3.6).
public func correctCount(_ logits: Tensor<Float>, _ labels: Tensor<Int64>) -> Int {
  require(
    logits.rank == 2 && labels.shape == [logits.shape[0]], "correctCount",
    "logits \(logits.shape), labels \(labels.shape)")
  return Int(withoutGradient { (logits.argmax(axis: 1) .== labels).countTrue().item() })
}
