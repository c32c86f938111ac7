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
  /// The row of a table that learns nothing although it is read: differences leave it where it is.
  var fixedRow: Int?
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
    _ name: String, fixedRow: Int? = nil, _ make: @escaping @Sendable () -> M,
    _ call: @escaping @Sendable (M, [CaseInput]) -> [Tensor<Float>]
  ) -> ParityCase {
    ParityCase(name: name, fixedRow: fixedRow) {
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
  /// Runs the case and its variants as the script did and compares outputs, gradients, buffers and names. Returns how many arrays were compared.
  @discardableResult
  func check(_ golden: Golden, relative: Double = 1e-5) throws -> Int {
    var compared = 0
    for one in variants(golden) {
      let count = try one.checkAlone(golden, relative)
      #expect(count > 0, "\(one.name) has no golden")
      compared += count
    }
    return compared
  }

  /// This case and those of the same module with other inputs, `name~kind`.
  private func variants(_ golden: Golden) -> [ParityCase] {
    let names = golden.names.filter { $0.hasPrefix(name + "~") && $0.hasSuffix("/keys") }
    return [self] + names.map { ParityCase(name: String($0.dropLast("/keys".count)), fixedRow: fixedRow, make: make) }
  }

  /// The modes that the case is run in, each with the mode whose results it is to have.
  private func modes(_ golden: Golden) -> [(mode: String, reference: String)] {
    ["train", "eval"].compactMap { mode in
      if golden.names.contains("\(name)/\(mode)/output0") { return (mode, mode) }
      return golden.names.contains("\(name)/\(mode)") ? (mode, "train") : nil
    }
  }

  private func checkAlone(_ golden: Golden, _ relative: Double) throws -> Int {
    let (module, forward) = make()
    if let module { try checkKeys(module, golden) }
    if let module { setParameters(module, scale: try golden.number("\(name)/scale")) }
    var compared = 0
    for (mode, reference) in modes(golden) {
      module?.setTraining(mode == "train")
      module?.zeroGradients()
      let inputs = try inputs(golden)
      let outputs = forward(try seen(inputs, golden))
      for (number, output) in outputs.enumerated() {
        compared += try compare(output, golden, "\(reference)/output\(number)", relative)
      }
      #expect(!golden.names.contains("\(name)/\(reference)/output\(outputs.count)"), "an output is missing")
      var loss = Tensor<Float>(0)
      for (number, output) in outputs.enumerated() where output.requiresGradient {
        loss = loss + (output * Formula.uniform(output.shape, 500 + number)).sum()
      }
      loss.backward()
      for (number, input) in inputs.enumerated() {
        guard case .real(let array) = input else { continue }
        compared += try compare(
          array.gradient ?? Tensor(zerosLike: array), golden, "\(reference)/input\(number)", relative)
      }
      for (key, parameter) in module?.namedParameters() ?? [] {
        let gradient = parameter.gradient ?? Tensor(zeros: parameter.shape)
        compared += try compare(gradient, golden, "\(reference)/gradient.\(key)", relative)
      }
      for (key, buffer) in module?.namedBuffers() ?? [] {
        compared += try compare(Tensor(converting: buffer.erased), golden, "\(reference)/buffer.\(key)", relative)
      }
    }
    return compared
  }

  /// Compares the gradients of the case, and of its variants, with differences: how much the loss changes when all parameters and inputs move a
  /// little along one fixed direction.
  func checkDifferences(_ golden: Golden) throws {
    for one in variants(golden) { try one.checkDifferencesAlone(golden) }
  }

  private func checkDifferencesAlone(_ golden: Golden) throws {
    let (module, forward) = make()
    if let module { setParameters(module, scale: try golden.number("\(name)/scale")) }
    // Running statistics would move from pass to pass: in evaluation they stand, where the case has one.
    guard let mode = modes(golden).last?.mode else { return }
    module?.setTraining(mode == "train")
    module?.zeroGradients()
    let inputs = try inputs(golden)
    let parameters = module?.namedParameters().map(\.parameter) ?? []
    let parameterDirections = parameters.enumerated().map { number, parameter in
      var direction: Tensor<Float> = Formula.uniform(parameter.shape, 700 + number)
      if let fixedRow { direction.fill(fixedRow, with: 0) }
      return direction
    }
    /// The loss in Double, with everything that has a gradient moved by `step` along the direction.
    func loss(_ step: Float, backward: Bool) throws -> Double {
      let before = parameters.map { $0.value.detached() }
      defer { for (parameter, value) in zip(parameters, before) { parameter.value = value } }
      for (number, parameter) in parameters.enumerated() where step != 0 && parameter.gradient != nil {
        parameter.value += parameterDirections[number] * step
      }
      let moved = inputs.enumerated().map { number, input -> CaseInput in
        guard case .real(let array) = input, step != 0, array.gradient != nil else { return input }
        return .real(array.detached() + Formula.uniform(array.shape, 800 + number) * step)
      }
      let outputs = forward(try seen(moved, golden))
      if backward {
        var total = Tensor<Float>(0)
        for (number, output) in outputs.enumerated() where output.requiresGradient {
          total = total + (output * Formula.uniform(output.shape, 500 + number)).sum()
        }
        total.backward()
      }
      return outputs.enumerated().reduce(0.0) { sum, part in
        let weight: Tensor<Double> = Formula.uniform(part.element.shape, 500 + part.offset)
        return sum + zip(part.element.values, weight.values).reduce(0) { $0 + Double($1.0) * $1.1 }
      }
    }
    _ = try loss(0, backward: true)
    var slope = 0.0
    var size = 0.0
    func add(_ gradient: Tensor<Float>?, _ direction: Tensor<Float>) {
      guard let gradient else { return }
      for (g, d) in zip(gradient.values, direction.values) {
        slope += Double(g) * Double(d)
        size += abs(Double(g) * Double(d))
      }
    }
    for (parameter, direction) in zip(parameters, parameterDirections) { add(parameter.gradient, direction) }
    for (number, input) in inputs.enumerated() {
      if case .real(let array) = input { add(array.gradient, Formula.uniform(array.shape, 800 + number)) }
    }
    // A long step rounds less, a short one crosses fewer of the points where a maximum changes its place.
    let measured = try [Float(1.0 / 256), 1.0 / 2048, 1.0 / 16384].map { step in
      try withoutGradient { try loss(step, backward: false) - loss(-step, backward: false) } / Double(2 * step)
    }
    #expect(
      measured.contains { abs($0 - slope) <= 0.01 * size + 2e-3 },
      "\(name): \(measured) by differences, \(slope) by the gradients")
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

  /// The inputs as the module gets them: some through a transpose.
  private func seen(_ inputs: [CaseInput], _ golden: Golden) throws -> [CaseInput] {
    let specs = try #require(try golden.entry("\(name)/inputs") as? [[String: Any]])
    return zip(inputs, specs).map { input, spec in
      guard case .real(let array) = input, spec["view"] != nil else { return input }
      return .real(array.transposed())
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
