import D2LLayers
import D2LTensor
import D2LTestSupport
import Testing

/// What a case is fed with.
enum CaseInput {
  case real(Tensor<Float>)
  case ids(Tensor<Int64>)

  /// The input as numbers; stops the test if it holds ids.
  var real: Tensor<Float> {
    guard case .real(let array) = self else { fatalError("ids where the case takes numbers") }
    return array
  }

  /// The input as ids.
  var ids: Tensor<Int64> {
    guard case .ids(let array) = self else { fatalError("numbers where the case takes ids") }
    return array
  }
}

/// One entry of a golden file by `Tools/Parity/cases.py`: how to make the same thing here.
struct ParityCase: Sendable, CustomTestStringConvertible {
  typealias Forward = ([CaseInput]) -> [Tensor<Float>]
  let name: String
  /// Makes the module and the call; the module is nil for functions.
  let make: @Sendable () -> (module: (any Module)?, forward: Forward)

  var testDescription: String { name }

  /// A layer called with the one input.
  static func layer(_ name: String, _ make: @escaping @Sendable () -> any Layer) -> ParityCase {
    ParityCase(name: name) {
      let layer = make()
      return (layer, { [layer($0[0].real)] })
    }
  }

  /// Any module with its call.
  static func module<M: Module & SendableMetatype>(
    _ name: String, _ make: @escaping @Sendable () -> M, _ call: @escaping @Sendable (M, [CaseInput]) -> [Tensor<Float>]
  ) -> ParityCase {
    ParityCase(name: name) {
      let module = make()
      return (module, { call(module, $0) })
    }
  }

  /// A function without parameters.
  static func function(_ name: String, _ call: @escaping @Sendable ([CaseInput]) -> [Tensor<Float>]) -> ParityCase {
    ParityCase(name: name) { (nil, { call($0) }) }
  }
}

extension ParityCase {
  /// Runs the case as the script did and compares outputs, gradients, buffers and names. Returns how many arrays were compared.
  @discardableResult
  func check(_ golden: Golden, relative: Double = 1e-5) throws -> Int {
    let (module, forward) = make()
    if let module { try checkKeys(module, golden) }
    if let module { setParameters(module, scale: try golden.number("\(name)/scale")) }
    var compared = 0
    for mode in ["train", "eval"] where golden.names.contains("\(name)/\(mode)/output0") {
      module?.setTraining(mode == "train")
      module?.zeroGradients()
      let inputs = try inputs(golden)
      let outputs = forward(inputs)
      for (number, output) in outputs.enumerated() {
        compared += try compare(output, golden, "\(mode)/output\(number)", relative)
      }
      #expect(!golden.names.contains("\(name)/\(mode)/output\(outputs.count)"), "an output is missing")
      var loss = Tensor<Float>(0)
      for (number, output) in outputs.enumerated() where output.requiresGradient {
        loss = loss + (output * Formula.uniform(output.shape, 500 + number)).sum()
      }
      loss.backward()
      for (number, input) in inputs.enumerated() {
        guard case .real(let array) = input else { continue }
        compared += try compare(array.gradient ?? Tensor(zerosLike: array), golden, "\(mode)/input\(number)", relative)
      }
      for (key, parameter) in module?.namedParameters() ?? [] {
        let gradient = parameter.gradient ?? Tensor(zeros: parameter.shape)
        compared += try compare(gradient, golden, "\(mode)/gradient.\(key)", relative)
      }
      for (key, buffer) in module?.namedBuffers() ?? [] {
        compared += try compare(Tensor(converting: buffer.erased), golden, "\(mode)/buffer.\(key)", relative)
      }
    }
    #expect(compared > 0, "\(name) has no golden")
    return compared
  }

  /// The names and shapes of everything in the state are PyTorch's.
  private func checkKeys(_ module: any Module, _ golden: Golden) throws {
    let expected = try #require(try golden.entry("\(name)/keys") as? [String: [Int]])
    let actual = Dictionary(module.state.map { ($0.name, Array($0.array.shape)) }) { first, _ in first }
    #expect(actual == expected, "names and shapes of the state")
  }

  private func setParameters(_ module: any Module, scale: Double) {
    let sorted = module.namedParameters().sorted { $0.name < $1.name }
    for (number, (_, parameter)) in sorted.enumerated() {
      parameter.value = Formula.uniform(parameter.shape, 10 + number, from: -scale, to: scale)
    }
    for (key, buffer) in module.namedBuffers() {
      if key.hasSuffix("running_mean") {
        buffer.replace(with: Formula.uniform(buffer.erased.shape, 200, from: -0.5, to: 0.5, as: Float.self).erased)
      }
      if key.hasSuffix("running_var") {
        buffer.replace(with: Formula.uniform(buffer.erased.shape, 201, from: 0.5, to: 1.5, as: Float.self).erased)
      }
    }
  }

  private func inputs(_ golden: Golden) throws -> [CaseInput] {
    let specs = try #require(try golden.entry("\(name)/inputs") as? [[String: Any]])
    return try specs.enumerated().map { number, spec in
      let shape = Shape(try #require(spec["shape"] as? [Int]))
      if let range = spec["ids"] as? [Int] {
        return .ids(Formula.integers(shape, 300 + number, in: range[0]..<range[1]))
      }
      if let given = spec["given"] as? [Int] { return .ids(Tensor(shape: shape, values: given.map(Int64.init))) }
      let (low, high) = (try #require(spec["low"] as? Double), try #require(spec["high"] as? Double))
      return .real(Formula.uniform(shape, 300 + number, from: low, to: high, as: Float.self).requiringGradient())
    }
  }

  /// Elements must agree within `relative` of themselves plus `relative` of the root mean square.
  private func compare(_ actual: Tensor<Float>, _ golden: Golden, _ part: String, _ relative: Double) throws -> Int {
    let key = "\(name)/\(part)"
    let entry = try #require(try golden.entry(key) as? [String: Any])
    if entry["norm"] != nil {
      let problem = try golden.mismatch(actual, with: key, relative: relative)
      #expect(problem == nil, "\(key)")
      return 1
    }
    let expected: Tensor<Double> = try golden.array(key)
    let squares = expected.values.reduce(0) { $0 + $1 * $1 }
    let typical = (squares / Double(max(expected.count, 1))).squareRoot()
    // What is zero by its nature (the gradient of a shift before softmax) is rounding in both.
    let absolute = typical < 1e-12 ? 1e-6 : relative * typical + 1e-9
    let problem = mismatch(
      actual.converted(to: Double.self).detached(), expected, relative: relative, absolute: absolute)
    #expect(problem == nil, "\(key)")
    return 1
  }
}
