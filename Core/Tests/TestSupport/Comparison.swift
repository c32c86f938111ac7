import D2LTensor

/// Where two arrays differ most beyond a tolerance, in words; nil if they agree: |a - b| <= absolute + relative |b|, NaN agrees
/// with NaN and infinities with themselves.
///
/// ```swift
/// #expect(mismatch(actual, expected) == nil)
/// ```
public func mismatch<S: FloatingScalar>(
  _ actual: Tensor<S>, _ expected: Tensor<S>, relative: Double = 1e-5, absolute: Double = 1e-6
) -> String? {
  if actual.shape != expected.shape { return "shape \(actual.shape), expected \(expected.shape)" }
  return mismatch(
    actual.values.map(\.asDouble), expected.values.map(\.asDouble), shape: actual.shape, relative, absolute)
}

/// The same for lists of numbers.
public func mismatch(
  _ actual: [Double], _ expected: [Double], relative: Double = 1e-5, absolute: Double = 1e-6
) -> String? {
  if actual.count != expected.count { return "\(actual.count) numbers, expected \(expected.count)" }
  return mismatch(actual, expected, shape: [actual.count], relative, absolute)
}

private func mismatch(
  _ actual: [Double], _ expected: [Double], shape: Shape, _ relative: Double, _ absolute: Double
) -> String? {
  var worst: (excess: Double, index: Int)?
  var bad = 0
  for (index, (a, b)) in zip(actual, expected).enumerated() {
    if a == b || a.isNaN && b.isNaN { continue }
    let excess = abs(a - b) / (absolute + relative * abs(b))
    if excess <= 1 { continue }
    bad += 1
    if worst == nil || excess.isNaN || excess > (worst?.excess ?? 0) { worst = (excess, index) }
  }
  guard let worst else { return nil }
  var place: [Int] = []
  var rest = worst.index
  for size in shape.reversed() {
    place.insert(rest % Swift.max(size, 1), at: 0)
    rest /= Swift.max(size, 1)
  }
  return
    "\(bad) of \(actual.count) differ; worst at \(place): \(actual[worst.index]), expected \(expected[worst.index]), \(worst.excess) times the tolerance"
}
