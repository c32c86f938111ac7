import D2LTensor
import Foundation

/// Decides which examples an epoch has, and in what order.
public protocol Sampler: Sendable {
  /// How many numbers ``order(using:)`` gives.
  var count: Int { get }
  /// The numbers of an epoch's examples in order; a function of the generator alone.
  func order(using generator: inout RandomGenerator) -> [Int]
}

/// Every example once, in order.
public struct SequentialSampler: Sampler {
  /// How many numbers an epoch has.
  public let count: Int

  /// The numbers 0 ..< count.
  public init(count: Int) { self.count = count }

  /// The numbers of an epoch's examples in order.
  public func order(using generator: inout RandomGenerator) -> [Int] { Array(0..<count) }
}

/// Every example once, in random order.
public struct RandomSampler: Sampler {
  /// How many numbers an epoch has.
  public let count: Int

  /// The numbers 0 ..< count.
  public init(count: Int) { self.count = count }

  /// The numbers of an epoch's examples in order.
  public func order(using generator: inout RandomGenerator) -> [Int] {
    generator.permutation(count).values.map { Int($0) }
  }
}

/// Examples drawn with probabilities in proportion to weights: rare classes as often as common ones, for example.
public struct WeightedSampler: Sampler {
  /// How many numbers an epoch has.
  public let count: Int
  private let weights: [Double]
  private let cumulative: [Double]
  private let replaces: Bool

  /// `count` draws from as many examples as there are weights. Without replacement no example comes twice; it is drawn in proportion to the weights of
  /// those that are left.
  public init(weights: [Double], count: Int, replacing: Bool = true) {
    require(
      weights.allSatisfy { $0 >= 0 && $0.isFinite }, "WeightedSampler", "a weight that is negative or no number")
    let positive = weights.count { $0 > 0 }
    require(
      count >= 0 && (count == 0 || positive > 0), "WeightedSampler", "\(count) draws from weights that are all zero")
    require(
      replacing || count <= positive, "WeightedSampler", "\(count) draws without replacement from \(positive) examples")
    self.count = count
    self.weights = weights
    replaces = replacing
    var sum = 0.0
    cumulative = weights.map { weight in
      sum += weight
      return sum
    }
  }

  /// The numbers of an epoch's examples in order.
  public func order(using generator: inout RandomGenerator) -> [Int] {
    replaces ? (0..<count).map { _ in draw(&generator) } : withoutReplacement(&generator)
  }

  private func draw(_ generator: inout RandomGenerator) -> Int {
    let point = generator.nextUnit() * (cumulative.last ?? 0)
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > point { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The largest of log(u) / weight, each a race's time (Efraimidis and Spirakis, 2006).
  private func withoutReplacement(_ generator: inout RandomGenerator) -> [Int] {
    var keys: [(time: Double, number: Int)] = []
    for (number, weight) in weights.enumerated() {
      let unit = 1 - generator.nextUnit()
      if weight > 0 { keys.append((-Foundation.log(unit) / weight, number)) }
    }
    keys.sort { ($0.time, $0.number) < ($1.time, $1.number) }
    return keys.prefix(count).map(\.number)
  }
}

extension RandomGenerator {
  /// A number on [0, 1) with 53 random bits.
  mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number uniform on 0 ..< bound.
  mutating func nextInteger(below bound: Int) -> Int { Int(nextUnit() * Double(bound)) }
}
