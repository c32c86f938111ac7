/// The label of a tick: plain text, or text followed by a raised exponent as in 2×10⁵.
public struct TickLabel: Sendable, Hashable {
  /// The text on the base line.
  public var text: String
  /// The raised exponent, if there is one.
  public var exponent: Int?

  /// A label from its text and exponent.
  public init(_ text: String, exponent: Int? = nil) {
    self.text = text
    self.exponent = exponent
  }

  /// The label in plain ASCII: `2e5`, `1e-3`, `0.25`.
  public var plain: String {
    guard let exponent else { return text }
    if text == "10" { return "1e\(exponent)" }
    let mantissa = text.hasSuffix("×10") ? String(text.dropLast(3)) : text
    return "\(mantissa)e\(exponent)"
  }
}

/// Positions along an axis that a reader finds easy: multiples of 1, 2 or 5 times a power of ten, or decades.
public struct Ticks: Sendable, Equatable {
  /// Where the labelled ticks are, in ascending order, all inside the range asked for.
  public private(set) var values: [Double]
  /// One label for each value, all with the same number of decimals on a linear axis.
  public private(set) var labels: [TickLabel]
  /// Unlabelled ticks between the labelled ones; only logarithmic axes have them.
  public private(set) var minor: [Double] = []

  /// Ticks at given places; values that are not finite are left out.
  public init(_ pairs: [(value: Double, label: String)]) {
    let kept = pairs.filter { $0.value.isFinite }.sorted { $0.value < $1.value }
    values = kept.map(\.value)
    labels = kept.map { TickLabel($0.label) }
  }

  private init(values: [Double], labels: [TickLabel], minor: [Double] = []) {
    self.values = values
    self.labels = labels
    self.minor = minor
  }

  /// At most `count` (2 or more) evenly spaced ticks inside a range, at multiples of 1, 2 or 5 times a power of ten.
  ///
  /// - Parameters:
  ///   - range: Both ends finite. An empty range has its one value as its only tick.
  ///   - count: How many ticks there is room for.
  ///   - integersOnly: Whether steps smaller than 1 are out of the question, as for epochs.
  public static func linear(_ range: ClosedRange<Double>, atMost count: Int, integersOnly: Bool = false) -> Ticks {
    let (low, high) = (range.lowerBound, range.upperBound)
    guard low.isFinite, high.isFinite else { return Ticks(values: [], labels: []) }
    let count = max(count, 2)
    let rough = high / Double(count) - low / Double(count)
    guard rough > max(low.magnitude, high.magnitude) * 1e-13, rough > 1e-300 else {
      return Ticks(values: [low], labels: [TickLabel(NumberText.significant(low, digits: 6))])
    }
    var exponent = Mathematics.decade(rough)
    if integersOnly { exponent = max(exponent, 0) }
    while true {
      for mantissa in [1.0, 2.0, 5.0] {
        let step = Mathematics.scaled(mantissa, exponent)
        // A hair of tolerance keeps an end such as 0.3 that is a multiple in decimals but not in binary.
        let first = (low / step - 1e-9).rounded(.up)
        let last = (high / step + 1e-9).rounded(.down)
        guard last - first < Double(count) else { continue }
        guard last >= first else { return Ticks(values: [], labels: []) }
        let values = stride(from: first, through: last, by: 1).map { Mathematics.scaled($0 * mantissa, exponent) + 0 }
        let inside = values.map { min(max($0, low), high) }
        return Ticks(values: inside, labels: labels(values, stepExponent: exponent))
      }
      exponent += 1
    }
  }

  /// At most `count` (2 or more) ticks inside a positive range: decades where there are enough, else 1-2-5 or 1-3 within
  /// them, else evenly spaced ones.
  ///
  /// A range that reaches zero or below has no ticks.
  public static func logarithmic(_ range: ClosedRange<Double>, atMost count: Int) -> Ticks {
    let (low, high) = (range.lowerBound, range.upperBound)
    guard low > 0, high.isFinite else { return Ticks(values: [], labels: []) }
    let count = max(count, 2)
    let bottom = Mathematics.decade(low)
    let top = Mathematics.decade(high)
    func ticks(_ mantissas: [Int], every stride: Int = 1) -> [(mantissa: Int, exponent: Int)] {
      (bottom...top + 1).filter { $0 % stride == 0 }.flatMap { exponent in mantissas.map { ($0, exponent) } }
        .filter { contains(range, Mathematics.scaled(Double($0.0), $0.1)) }
    }
    let decades = ticks([1])
    let minor = top - bottom > 8 ? [] : ticks(Array(2...9)).map { Mathematics.scaled(Double($0.mantissa), $0.exponent) }
    if decades.count < 3 {
      for mantissas in [[1, 2, 5], [1, 3]] {
        let chosen = ticks(mantissas)
        if chosen.count >= 3, chosen.count <= count { return labelled(chosen, in: range, minor: minor) }
      }
    }
    if decades.count > count {
      var stride = 2
      while ticks([1], every: stride).count > count { stride += 1 }
      return labelled(ticks([1], every: stride), in: range, minor: [])
    }
    if decades.count >= 2 { return labelled(decades, in: range, minor: minor) }
    return linear(range, atMost: count)
  }

  private static func contains(_ range: ClosedRange<Double>, _ value: Double) -> Bool {
    value >= range.lowerBound * (1 - 1e-9) && value <= range.upperBound * (1 + 1e-9)
  }

  private static func labelled(
    _ ticks: [(mantissa: Int, exponent: Int)], in range: ClosedRange<Double>, minor: [Double]
  ) -> Ticks {
    let plain = ticks.allSatisfy { (-3...4).contains($0.exponent) }
    let values = ticks.map { Mathematics.scaled(Double($0.mantissa), $0.exponent) }
    let labels = zip(ticks, values).map { tick, value in
      plain
        ? TickLabel(NumberText.trimmed(value, places: 3))
        : TickLabel(tick.mantissa == 1 ? "10" : "\(tick.mantissa)×10", exponent: tick.exponent)
    }
    let inside = values.map { min(max($0, range.lowerBound), range.upperBound) }
    return Ticks(values: inside, labels: labels, minor: minor)
  }

  private static func labels(_ values: [Double], stepExponent: Int) -> [TickLabel] {
    let largest = values.map(\.magnitude).max() ?? 0
    guard largest > 0 else { return values.map { _ in TickLabel("0") } }
    // The nudge reads 0.1 as the decade −1 although its logarithm may round to just below.
    let exponent = Int((Mathematics.log10(largest) + 1e-9).rounded(.down))
    if exponent < 5, stepExponent >= -4 || exponent >= -1 && stepExponent >= -8 {
      return values.map { TickLabel(NumberText.fixed($0, places: max(0, -stepExponent))) }
    }
    return values.map { value in
      guard value != 0 else { return TickLabel("0") }
      let mantissa = NumberText.fixed(Mathematics.scaled(value, -exponent), places: max(0, exponent - stepExponent))
      return TickLabel(mantissa + "×10", exponent: exponent)
    }
  }

  /// The ticks that a predicate on their positions in the list keeps.
  func filtered(_ isKept: (Int) -> Bool) -> Ticks {
    let kept = values.indices.filter(isKept)
    return Ticks(values: kept.map { values[$0] }, labels: kept.map { labels[$0] }, minor: minor)
  }
}
