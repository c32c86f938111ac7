import CD2LKernels
import Foundation

/// A real type with the error its sums may have, relative to the largest result.
protocol RealKernelScalar: KernelScalar, BinaryFloatingPoint {
  static var sumTolerance: Double { get }
}

extension Float: RealKernelScalar { static var sumTolerance: Double { 1e-5 } }
extension Double: RealKernelScalar { static var sumTolerance: Double { 1e-13 } }

/// The largest distance from the expected results, relative to the largest of these (1 if they are smaller), in words; nil within the tolerance.
func gap<T: RealKernelScalar>(_ actual: [T], _ expected: [Double], within tolerance: Double = T.sumTolerance) -> String?
{
  guard actual.count == expected.count else { return "\(actual.count) numbers, expected \(expected.count)" }
  let scale = expected.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
  var worst: (index: Int, gap: Double)?
  for (index, (a, b)) in zip(actual, expected).enumerated() {
    let a = a.number
    if a == b || a.isNaN && b.isNaN { continue }
    let gap = abs(a - b) / scale
    if gap <= tolerance { continue }
    if gap.isNaN || gap > worst?.gap ?? 0 { worst = (index, gap) }
  }
  return worst.map {
    "at \($0.index) of \(actual.count): \(actual[$0.index]), expected \(expected[$0.index]), \($0.gap) of the largest"
  }
}

func activated(_ x: Double, _ activation: d2l_activation) -> Double {
  switch activation {
  case D2L_ACTIVATION_RELU: x < 0 ? 0 : x
  case D2L_ACTIVATION_SIGMOID: 1 / (1 + exp(-x))
  case D2L_ACTIVATION_TANH: 1 - 2 / (exp(2 * x) + 1)
  default: x
  }
}

let activations = [D2L_ACTIVATION_NONE, D2L_ACTIVATION_RELU, D2L_ACTIVATION_SIGMOID, D2L_ACTIVATION_TANH]

/// The numbers of an array as doubles.
func doubles<T: RealKernelScalar>(_ values: [T]) -> [Double] { values.map(\.number) }
