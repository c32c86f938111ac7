import D2LLayers
import D2LOptim
import D2LTensor
import D2LTestSupport
import Testing

private let shapes: [Shape] = [[3, 4], [5]]

private func parameters() -> [Parameter] {
  shapes.enumerated().map { Parameter(Formula.uniform($1, 1 + $0)) }
}

/// The gradients of step t: formula + 0.3 w.
private func setGradients(_ parameters: [Parameter], step t: Int) {
  for (k, parameter) in parameters.enumerated() {
    let formula: Tensor<Float> = Formula.uniform(shapes[k], 100 * (k + 1) + t)
    parameter.gradient = formula + parameter.value.detached() * 0.3
  }
}

private func run(_ optimizer: Optimizer, _ parameters: [Parameter], steps: ClosedRange<Int>) {
  for t in steps {
    setGradients(parameters, step: t)
    optimizer.step()
  }
}

@Suite struct OptimizerTests {
  @Test(arguments: OptimizerCase.all) func twentyStepsAgreeWithPyTorch(_ one: OptimizerCase) throws {
    let golden = try #require(try Golden("optim").entry(one.name) as? [String: Any])
    let parameters = parameters()
    let optimizer = one.optimizer(parameters)
    for t in 1...20 {
      run(optimizer, parameters, steps: t...t)
      guard let expected = golden[String(t)] as? [Any] else { continue }
      for (k, parameter) in parameters.enumerated() {
        let reference: Tensor<Float> = try Golden.array(expected[k], one.name)
        #expect(mismatch(parameter.value, reference) == nil, "parameter \(k) after step \(t)")
      }
    }
    if let averaged = optimizer as? ASGD, let expected = golden["average"] as? [Any] {
      for (k, parameter) in parameters.enumerated() {
        let reference: Tensor<Float> = try Golden.array(expected[k], one.name)
        #expect(mismatch(averaged.average(of: parameter), reference) == nil)
      }
    }
  }

  @Test func defaultsArePyTorchs() throws {
    for (name, make) in OptimizerCase.defaults {
      let golden = try #require(try Golden("optim").entry(name) as? [String: Any])
      let parameter = parameters()[0]
      let optimizer = make([parameter])
      run(optimizer, [parameter], steps: 1...20)
      let expected = try #require(golden["20"] as? [Any])
      #expect(mismatch(parameter.value, try Golden.array(expected[0], name)) == nil, "\(name)")
    }
  }

  /// Two optimizers that are not told apart by their goldens would hide one in the other.
  @Test func everyCaseEndsElsewhere() throws {
    var ends: [String: [Float]] = [:]
    for one in OptimizerCase.all {
      let parameters = parameters()
      run(one.optimizer(parameters), parameters, steps: 1...20)
      ends[one.name] = parameters[0].value.values
    }
    #expect(Set(ends.values).count == OptimizerCase.all.count)
  }

  @Test(arguments: OptimizerCase.all) func copiesNothing(_ one: OptimizerCase) {
    let parameters = parameters()
    let optimizer = one.optimizer(parameters)
    run(optimizer, parameters, steps: 1...1)
    setGradients(parameters, step: 2)
    let before = TensorStatistics.copiesOnWrite
    optimizer.step()
    clipGradients(of: parameters, toNorm: 0.1)
    clipGradients(of: parameters, toValue: 0.01)
    optimizer.step()
    #expect(TensorStatistics.copiesOnWrite == before)
  }

  @Test func copiesNothingAfterABackwardPass() {
    let layer = Linear(4, 3)
    let optimizer = Adam(layer.parameters)
    let x: Tensor<Float> = Formula.uniform([2, 4], 5)
    for _ in 0..<3 {
      optimizer.zeroGradients()
      square(layer(x)).sum().backward()
      let before = TensorStatistics.copiesOnWrite
      optimizer.step()
      #expect(TensorStatistics.copiesOnWrite == before)
    }
  }

  @Test(arguments: OptimizerCase.all) func savedStateGoesOnToTheBit(_ one: OptimizerCase) throws {
    let whole = parameters()
    run(one.optimizer(whole), whole, steps: 1...9)

    let first = parameters()
    let before = one.optimizer(first)
    run(before, first, steps: 1...4)
    let second = first.map { Parameter($0.value.detached()) }
    let after = one.optimizer(second)
    after.learningRate = 77
    try after.restore(Dictionary(uniqueKeysWithValues: before.state.map { ($0.name, $0.array) }))
    run(after, second, steps: 5...9)
    #expect(second.map(\.value.values) == whole.map(\.value.values))
  }

  @Test func foreignStateIsRefusedAndChangesNothing() throws {
    let parameters = parameters()
    func saved(_ optimizer: Optimizer) -> [String: AnyTensor] {
      Dictionary(uniqueKeysWithValues: optimizer.state.map { ($0.name, $0.array) })
    }
    let adam = Adam(parameters)
    run(adam, parameters, steps: 1...2)
    let good = saved(adam)
    var states: [[String: AnyTensor]] = []
    let momentum = SGD(parameters, learningRate: 1, momentum: 0.9)
    run(momentum, parameters, steps: 1...1)
    states.append(saved(momentum))
    for key in ["0.learning_rate", "0.0.mean", "0.1.square"] {
      var damaged = good
      damaged[key] = nil
      states.append(damaged)
    }
    var misshapen = good
    misshapen["0.1.mean"] = Tensor<Float>(zeros: [4]).erased
    states.append(misshapen)
    var converted = good
    converted["0.1.mean"] = Tensor<Double>(zeros: [5]).erased
    states.append(converted)
    var extra = good
    extra["0.2.mean"] = Tensor<Float>(zeros: [5]).erased
    states.append(extra)
    states.append([:])
    for state in states {
      #expect(throws: OptimizerStateError.self) { try adam.restore(state) }
      #expect(Set(saved(adam).keys) == Set(good.keys) && adam.learningRate == 1e-3)
      for (name, array) in saved(adam) where name.hasSuffix("mean") {
        #expect(Tensor<Float>(converting: array) == Tensor<Float>(converting: good[name] ?? array))
      }
    }
  }

  @Test func frozenParametersAndThoseWithoutGradientStay() {
    let parameters = parameters()
    let before = parameters.map(\.value.values)
    let optimizer = Adam(parameters)
    setGradients(parameters, step: 1)
    parameters[0].gradient = nil
    parameters[1].isFrozen = true
    optimizer.step()
    #expect(parameters.map(\.value.values) == before)
  }

  @Test func groupsKeepTheirOwnRates() {
    let parameters = parameters()
    let optimizer = SGD(groups: parameters.map { ParameterGroup([$0], learningRate: 0) })
    optimizer.setLearningRate(1, group: 1)
    let before = parameters.map { $0.value.detached() }
    setGradients(parameters, step: 1)
    let gradient = parameters[1].gradient
    optimizer.step()
    #expect(parameters[0].value == before[0])
    #expect(gradient.map { parameters[1].value == before[1] - $0 } == true)
  }

  @Test func aParameterTwiceIsRefused() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let parameter = Parameter(Tensor<Float>(zeros: [2, 3]))
      _ = SGD([parameter, parameter], learningRate: 1)
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("[2, 3]"))
  }

  @Test(arguments: ["clip_norm_far", "clip_norm_near", "clip_value"]) func clippingAgreesWithPyTorch(_ name: String)
    throws
  {
    let golden = try #require(try Golden("optim").entry(name) as? [String: Any])
    let expected = try #require(golden["gradients"] as? [Any])
    let parameters = parameters()
    for (k, parameter) in parameters.enumerated() { parameter.gradient = Formula.uniform(shapes[k], 100 * (k + 1)) }
    if name == "clip_value" {
      clipGradients(of: parameters, toValue: 0.4)
    } else {
      let norm = clipGradients(of: parameters, toNorm: name == "clip_norm_far" ? 100 : 0.7)
      #expect(abs(norm - (golden["norm"] as? Double ?? .nan)) < 1e-6)
    }
    for (k, parameter) in parameters.enumerated() {
      #expect(mismatch(try #require(parameter.gradient), try Golden.array(expected[k], name)) == nil)
    }
  }

  @Test func normsAreSummedInDoubleAndWithoutRegardToThreads() {
    let parameter = Parameter(Tensor<Float>(zeros: [100_003]))
    let gradient: Tensor<Float> = Formula.uniform([100_003], 3)
    parameter.gradient = gradient
    let exact = gradient.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let norms = [1, 2, 3].map { threads in
      let before = Engine.threads
      Engine.threads = threads
      defer { Engine.threads = before }
      return gradientNorm(of: [parameter])
    }
    #expect(Set(norms).count == 1 && abs(norms[0] - exact) < 1e-10 * exact)
    parameter.gradient = Tensor(repeating: 1e30, shape: [100_003])
    #expect(clipGradients(of: [parameter], toNorm: 1) > 1e32)
    #expect(abs(gradientNorm(of: [parameter]) - 1) < 1e-5)
  }
}
