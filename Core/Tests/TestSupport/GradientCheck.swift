import D2LTensor

/// Compares the gradients of `function` with central differences, in Double; returns what is wrong in words, or nil.
///
/// The output, of any shape, is reduced by a fixed formula vector, so that every element counts with another weight.
///
/// ```swift
/// #expect(gradientMismatch([x, y]) { $0[0] * $0[1] } == nil)
/// ```
public func gradientMismatch(
  _ inputs: [Tensor<Double>], step: Double = 1e-5, tolerance: Double = 1e-6,
  _ function: ([Tensor<Double>]) -> Tensor<Double>
) -> String? {
  func value(_ inputs: [Tensor<Double>]) -> Tensor<Double> {
    let output = function(inputs)
    return (output * Formula.uniform(output.shape, 77, from: 0.5, to: 1.5)).sum()
  }
  let leaves = inputs.map { $0.requiringGradient() }
  value(leaves).backward()
  for (number, input) in inputs.enumerated() {
    let analytic = leaves[number].gradient ?? Tensor(zerosLike: input)
    let base = input.values
    var numeric: [Double] = []
    for index in base.indices {
      func shifted(_ by: Double) -> Double {
        var values = base
        values[index] += by
        var others = inputs
        others[number] = Tensor(shape: input.shape, values: values)
        return withoutGradient { value(others).item() }
      }
      numeric.append((shifted(step) - shifted(-step)) / (2 * step))
    }
    let expected = Tensor(shape: input.shape, values: numeric)
    if let problem = mismatch(analytic, expected, relative: tolerance, absolute: tolerance) {
      return "gradient of input \(number) of shape \(input.shape): \(problem)"
    }
  }
  return nil
}
