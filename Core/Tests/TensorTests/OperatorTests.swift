import D2LTensor
import D2LTestSupport
import Foundation
import Testing

/// A golden entry that is no case.
struct CaseError: Error { let name: String }

/// A case of Tools/Parity/tensor_ops.py: an operator, its inputs and what PyTorch makes of them.
struct OperatorCase: Sendable {
  struct Input: Sendable {
    let shape: [Int]
    let stream: Int
    let low: Double
    let high: Double
    let view: String

    func leaf<S: FloatingScalar>() -> Tensor<S> {
      // Rounded to Float first: the goldens are of inputs that Float holds.
      let values: Tensor<Float> = Formula.uniform(Shape(shape), stream, from: low, to: high)
      return values.converted()
    }

    func seen<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> {
      switch view {
      case "transposed": x.transposed()
      case "every2": x[.ellipsis, .every(2)]
      case "reversed": x[.every(-1)]
      case "expanded": x.expanded(to: Shape([2] + shape))
      default: x
      }
    }
  }

  let name: String
  let function: String
  let inputs: [Input]
  let canBeChecked: Bool
  let output: Tensor<Float>
  let gradients: [Tensor<Float>]?

  init(_ name: String, _ entry: Any) throws {
    guard let parts = entry as? [String: Any], let function = parts["operator"] as? String,
      let inputs = parts["inputs"] as? [[String: Any]], let canBeChecked = parts["check"] as? Bool
    else { throw CaseError(name: name) }
    self.name = name
    self.function = function
    self.canBeChecked = canBeChecked
    self.inputs = try inputs.map { input in
      guard let shape = input["shape"] as? [Int], let stream = input["stream"] as? Int,
        let low = input["low"] as? Double, let high = input["high"] as? Double, let view = input["view"] as? String
      else { throw CaseError(name: name) }
      return Input(shape: shape, stream: stream, low: low, high: high, view: view)
    }
    output = try Golden.array(parts["output"] ?? "", name)
    gradients = try (parts["gradients"] as? [Any])?.map { try Golden.array($0, name) }
  }

  static let files = ["tensor_elementwise", "tensor_reduction", "tensor_shaping", "tensor_matrix", "tensor_layers"]

  static func all(_ file: String) throws -> [OperatorCase] {
    let golden = try Golden(file)
    return try golden.names.map { try OperatorCase($0, golden.entry($0)) }
  }
}

@Suite struct OperatorTests {
  /// |a - b| ≤ 1e-5 |b| + 2e-6 times the largest |b|: where terms cancel, Float keeps the precision of the terms, not of the sum.
  private func differs(_ actual: Tensor<Float>, _ expected: Tensor<Float>) -> String? {
    let largest = expected.values.map { Swift.abs($0) }.filter(\.isFinite).max() ?? 0
    return mismatch(actual, expected, relative: 1e-5, absolute: 2e-6 * Double(Swift.max(largest, 1)))
  }

  @Test("PyTorch's values and gradients", arguments: OperatorCase.files)
  func parity(_ file: String) throws {
    let table = OperatorTable<Float>().functions
    for example in try OperatorCase.all(file) {
      let function = try #require(table[example.function], "\(example.function) is not in the table")
      let leaves: [Tensor<Float>] = example.inputs.map { $0.leaf().requiringGradient() }
      let output = function(zip(example.inputs, leaves).map { $0.seen($1) })
      #expect(differs(output, example.output) == nil, "\(example.name)")
      guard let gradients = example.gradients else { continue }
      let weight: Tensor<Float> = Formula.uniform(output.shape, 77, from: 0.5, to: 1.5)
      if output.requiresGradient { (output * weight).sum().backward() }
      for (number, (leaf, expected)) in zip(leaves, gradients).enumerated() {
        let actual = leaf.gradient ?? Tensor(zerosLike: leaf)
        #expect(differs(actual, expected) == nil, "\(example.name), gradient \(number)")
      }
    }
  }

  @Test("Gradients are those of central differences", arguments: OperatorCase.files)
  func gradients(_ file: String) throws {
    let table = OperatorTable<Double>().functions
    for example in try OperatorCase.all(file) where example.canBeChecked {
      let function = try #require(table[example.function])
      let inputs: [Tensor<Double>] = example.inputs.map { $0.leaf() }
      if ["floor", "ceil", "round", "trunc", "sign"].contains(example.function) { continue }
      let problem = gradientMismatch(inputs) { leaves in function(zip(example.inputs, leaves).map { $0.seen($1) }) }
      #expect(problem == nil, "\(example.name)")
    }
  }

  @Test("Every function of the table is exercised by a golden")
  func tableIsUsed() throws {
    var used: Set<String> = []
    for file in OperatorCase.files { used.formUnion(try OperatorCase.all(file).map(\.function)) }
    #expect(Set(OperatorTable<Float>().functions.keys) == used)
  }

  /// What is not differentiated twice: operators whose backward pass is one fused kernel, and those that have no first derivative to speak of.
  static let once: Set<String> = [
    "product", "product axis", "cumulativeProduct", "embeddingBag", "embeddingBag mean", "eigh values", "eigh vectors",
    "qr q", "qr r", "svd values", "svd u", "svd v", "pseudoinverse", "leastSquares", "sign", "floor", "ceil", "round",
    "trunc", "remainder", "floorDivided",
  ]

  @Test("Second derivatives are those of central differences", arguments: OperatorCase.files)
  func secondDerivatives(_ file: String) throws {
    let table = OperatorTable<Double>().functions
    var seen: Set<String> = []
    for example in try OperatorCase.all(file)
    where !OperatorTests.once.contains(example.function) && !example.inputs.contains(where: { $0.shape.contains(0) }) {
      guard seen.insert(example.function).inserted else { continue }
      let function = try #require(table[example.function])
      let inputs: [Tensor<Double>] = example.inputs.map { $0.leaf() }
      /// The gradient of Σ w f² along a fixed direction: a number that f'' is part of.
      func slope(_ inputs: [Tensor<Double>], createGraph: Bool) -> (Tensor<Double>, [Tensor<Double>]) {
        let leaves = inputs.map { $0.requiringGradient() }
        let y = function(zip(example.inputs, leaves).map { $0.seen($1) })
        let objective = (square(y) * Formula.uniform(y.shape, 77, from: 0.5, to: 1.5)).sum()
        let first = D2LTensor.gradients(of: objective, withRespectTo: leaves, createGraph: createGraph)
        var total = Tensor<Double>(0)
        for (number, gradient) in first.enumerated() {
          total = total + (gradient * Formula.uniform(gradient.shape, 80 + number)).sum()
        }
        return (total, leaves)
      }
      let (total, leaves) = slope(inputs, createGraph: true)
      // x⁰ has a gradient of constants, which depends on nothing.
      let second =
        total.requiresGradient
        ? D2LTensor.gradients(of: total, withRespectTo: leaves) : leaves.map { Tensor(zerosLike: $0) }
      for (number, input) in inputs.enumerated() {
        let numeric = input.values.indices.map { index -> Double in
          func shifted(_ step: Double) -> Double {
            var values = input.values
            values[index] += step
            var others = inputs
            others[number] = Tensor(shape: input.shape, values: values)
            return slope(others, createGraph: false).0.item()
          }
          return (shifted(1e-5) - shifted(-1e-5)) / 2e-5
        }
        let expected = Tensor(shape: input.shape, values: numeric)
        let problem = mismatch(second[number], expected, relative: 1e-5, absolute: 1e-5)
        #expect(problem == nil, "\(example.name), input \(number)")
      }
    }
  }
}

@Suite struct ConvolutionGeometryTests {
  @Test func geometriesCompare() {
    let a = ConvolutionGeometry(stride: (1, 2), padding: (3, 4), dilation: (5, 6), groups: 7)
    #expect(a == a && Set([a, a]).count == 1)
    #expect(a != ConvolutionGeometry(stride: (1, 2), padding: (3, 4), dilation: (5, 6), groups: 8))
    #expect(a != ConvolutionGeometry(stride: (2, 2), padding: (3, 4), dilation: (5, 6), groups: 7))
  }
}
