/// One axis of a chart: its label, scale, limits and ticks.
public struct Axis: Sendable {
  /// How values are spread along an axis.
  public enum Scale: Sendable, Hashable {
    /// Equal differences take equal space.
    case linear
    /// Equal ratios take equal space; only positive values can be shown, others leave gaps.
    case logarithmic
  }

  /// Where the labelled ticks stand.
  public enum TickRule: Sendable {
    /// At round numbers, as many as fit.
    case automatic
    /// At whole numbers only, as for epochs.
    case integers
    /// At the given places; those whose labels would overlap are left out.
    case at([(value: Double, label: String)])
  }

  /// What the axis measures, with its unit.
  public var label: String
  /// How values are spread along the axis.
  public var scale: Scale
  /// The first and last value shown; the data decide where this is nil.
  public var limits: ClosedRange<Double>?
  /// Where the labelled ticks stand.
  public var ticks: TickRule

  /// An axis; without limits it covers all the data and a little more.
  public init(
    _ label: String = "", scale: Scale = .linear, limits: ClosedRange<Double>? = nil, ticks: TickRule = .automatic
  ) {
    self.label = label
    self.scale = scale
    self.limits = limits
    self.ticks = ticks
  }
}

extension Axis {
  /// Whether a value has a place on this axis.
  func canShow(_ value: Double) -> Bool {
    value.isFinite && (scale == .linear || value > 0)
  }

  /// The range to show for these data, or nil if none of them can be shown.
  ///
  /// - Parameter padding: The share of the range added at each end where limits do not say otherwise.
  func range(for values: some Sequence<Double>, padding: Double) -> ClosedRange<Double>? {
    if let limits, canShow(limits.lowerBound), canShow(limits.upperBound) { return widened(limits) }
    var low = Double.infinity
    var high = -Double.infinity
    for value in values where canShow(value) {
      low = min(low, value)
      high = max(high, value)
    }
    guard low <= high else { return nil }
    return scale == .linear ? linearRange(low, high, padding) : logarithmicRange(low, high, padding)
  }

  private func linearRange(_ low: Double, _ high: Double, _ padding: Double) -> ClosedRange<Double> {
    let range = widened(low...high)
    guard range == low...high else { return range }
    let extra = (high * padding) - (low * padding)
    let largest = Double.greatestFiniteMagnitude
    // Quantities that are never negative, such as losses, get no room below zero.
    let bottom = low >= 0 && low - extra < 0 ? 0 : max(low - extra, -largest)
    let top = high <= 0 && high + extra > 0 ? 0 : min(high + extra, largest)
    return bottom...top
  }

  private func logarithmicRange(_ low: Double, _ high: Double, _ padding: Double) -> ClosedRange<Double> {
    let range = widened(low...high)
    guard range == low...high else { return range }
    let extra = (Mathematics.log10(high) - Mathematics.log10(low)) * padding
    let factor = Mathematics.power(10, extra)
    return max(low / factor, .leastNormalMagnitude)...min(high * factor, .greatestFiniteMagnitude)
  }

  /// The same range, or a wider one around it where both ends are too close together to draw.
  private func widened(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let (low, high) = (range.lowerBound, range.upperBound)
    let size = max(low.magnitude, high.magnitude)
    if scale == .logarithmic {
      guard high / low < 1 + 1e-9 else { return range }
      return max(low / 2, .leastNormalMagnitude)...min(high * 2, .greatestFiniteMagnitude)
    }
    guard high / 2 - low / 2 <= size * 1e-12 || size < 1e-290 else { return range }
    let half = size < 1e-290 ? 1 : size * 0.1
    return max(low - half, -.greatestFiniteMagnitude)...min(high + half, .greatestFiniteMagnitude)
  }

  /// The ticks for a range, at most `count` of them.
  func ticks(in range: ClosedRange<Double>, atMost count: Int) -> Ticks {
    switch ticks {
    case .at(let pairs): Ticks(pairs.filter { range.contains($0.value) && canShow($0.value) })
    case .automatic where scale == .logarithmic: .logarithmic(range, atMost: count)
    case .automatic: .linear(range, atMost: count)
    case .integers: .linear(range, atMost: count, integersOnly: true)
    }
  }
}

/// The way from values on an axis to coordinates in a picture.
struct AxisMap: Sendable {
  let range: ClosedRange<Double>
  let scale: Axis.Scale
  /// The coordinates of the two ends of the range; the first may be the larger one.
  let start: Double
  let end: Double

  /// The coordinate of a value, or nil if it has none; it may lie outside the two ends.
  func callAsFunction(_ value: Double) -> Double? {
    guard value.isFinite, scale == .linear || value > 0 else { return nil }
    let (low, high) = (range.lowerBound, range.upperBound)
    let share: Double
    if scale == .logarithmic {
      share =
        (Mathematics.log10(value) - Mathematics.log10(low)) / (Mathematics.log10(high) - Mathematics.log10(low))
    } else {
      // Halves, because the difference of two huge numbers may overflow.
      share = (value / 2 - low / 2) / (high / 2 - low / 2)
    }
    // Far outside is far outside: keep the arithmetic of clipping finite.
    return start + min(max(share, -1e6), 1e6) * (end - start)
  }
}
