import D2LCore
import D2LSequence
import D2LSequenceSections
import D2LTestSupport
import Foundation
import Testing

/// The models written out step by step, held to the fused layers in numbers: logits, state and all gradients.
@Suite struct ScratchTests {
  private static let (vocabulary, hidden) = (7, 5)
  private let batch = SequenceBatch(
    inputs: Formula.integers([3, 6], 1, in: 0..<7), targets: Formula.integers([3, 6], 2, in: 0..<7))

  /// A parameter by name.
  private func parameter(_ model: any Module, _ name: String) throws -> Parameter {
    try #require(model.namedParameters().first { $0.name == name }?.parameter, "\(name)")
  }

  private func fill(_ model: any Module) {
    for (number, parameter) in model.parameters.enumerated() {
      parameter.value = Formula.uniform(parameter.shape, 20 + number, from: -0.6, to: 0.6)
    }
  }

  /// Gives the fused model the scratch model's numbers: gates one above the other, all of the bias in the input's.
  private func fused(
    _ kind: RecurrentKind, gates: [(x: Parameter, h: Parameter, b: Parameter)], output: (Parameter, Parameter)
  ) throws -> LanguageModel {
    let model = LanguageModel(
      LanguageModelConfiguration(kind, vocabulary: Self.vocabulary, hidden: Self.hidden))
    func stack(_ part: (Parameter) -> Tensor<Float>, _ which: [Parameter]) -> Tensor<Float> {
      Tensor(concatenating: which.map { part($0).detached() })
    }
    try parameter(model, "rnn.weight_ih_l0").value = stack({ $0.value.transposed() }, gates.map(\.x))
    try parameter(model, "rnn.weight_hh_l0").value = stack({ $0.value.transposed() }, gates.map(\.h))
    try parameter(model, "rnn.bias_ih_l0").value = stack({ $0.value }, gates.map(\.b))
    let bias = try parameter(model, "rnn.bias_hh_l0")
    bias.value = Tensor(zeros: bias.shape)
    try parameter(model, "decoder.weight").value = output.0.value.transposed().contiguous().detached()
    try parameter(model, "decoder.bias").value = output.1.value.detached()
    return model
  }

  private func compare(
    _ scratch: any AutoregressiveModel, _ concise: LanguageModel, gates: [(x: Parameter, h: Parameter, b: Parameter)],
    output: (Parameter, Parameter)
  ) throws {
    // Two batches, the second from the state behind the first.
    var states: (RecurrentState?, RecurrentState?) = (nil, nil)
    for _ in 0..<2 {
      scratch.zeroGradients()
      concise.zeroGradients()
      let (a, b) = (scratch.loss(batch, from: states.0), concise.loss(batch, from: states.1))
      #expect(mismatch(a.loss, b.loss) == nil)
      #expect(mismatch(a.state.hidden.detached(), b.state.hidden.detached()) == nil)
      a.loss.backward()
      b.loss.backward()
      states = (a.state.detached(), b.state.detached())
    }
    func gradient(_ name: String) throws -> Tensor<Float> {
      try #require(try parameter(concise, name).gradient, "\(name)")
    }
    func stack(_ parts: [Parameter], transposed: Bool) throws -> Tensor<Float> {
      Tensor(
        concatenating: try parts.map {
          let gradient = try #require($0.gradient)
          return transposed ? gradient.transposed() : gradient
        })
    }
    func check(_ scratch: Tensor<Float>, _ name: String) throws {
      #expect(mismatch(scratch, try gradient(name), relative: 1e-4, absolute: 1e-6) == nil, "\(name)")
    }
    try check(stack(gates.map(\.x), transposed: true), "rnn.weight_ih_l0")
    try check(stack(gates.map(\.h), transposed: true), "rnn.weight_hh_l0")
    try check(stack(gates.map(\.b), transposed: false), "rnn.bias_ih_l0")
    try check(stack([output.0], transposed: true), "decoder.weight")
    try check(stack([output.1], transposed: false), "decoder.bias")
  }

  private func gate(_ model: any Module, _ name: String) throws -> (x: Parameter, h: Parameter, b: Parameter) {
    (try parameter(model, "\(name).W_x"), try parameter(model, "\(name).W_h"), try parameter(model, "\(name).b"))
  }

  @Test func rnn() throws {
    let scratch = RNNScratch(vocabulary: Self.vocabulary, hidden: Self.hidden)
    fill(scratch)
    let gates = [
      (x: try parameter(scratch, "W_xh"), h: try parameter(scratch, "W_hh"), b: try parameter(scratch, "b_h"))
    ]
    let output = (try parameter(scratch, "W_hq"), try parameter(scratch, "b_q"))
    try compare(scratch, fused(.rnn, gates: gates, output: output), gates: gates, output: output)
  }

  @Test func lstm() throws {
    let scratch = LSTMScratch(vocabulary: Self.vocabulary, hidden: Self.hidden)
    fill(scratch)
    let gates = try ["input", "forget", "candidate", "exposed"].map { try gate(scratch, $0) }
    let output = (try parameter(scratch, "output.W"), try parameter(scratch, "output.b"))
    try compare(scratch, fused(.lstm, gates: gates, output: output), gates: gates, output: output)
  }

  /// The book's reset gate acts before the product, the fused one behind it: with the gate open, by a bias of 40, both are the same, and without it
  /// they are not.
  @Test func gru() throws {
    let scratch = GRUScratch(vocabulary: Self.vocabulary, hidden: Self.hidden)
    fill(scratch)
    let gates = try ["reset", "update", "candidate"].map { try gate(scratch, $0) }
    let output = (try parameter(scratch, "output.W"), try parameter(scratch, "output.b"))
    let apart = try fused(.gru, gates: gates, output: output)
    #expect(mismatch(scratch(batch.inputs, from: nil).logits, apart(batch.inputs).logits) != nil)
    gates[0].b.value = Tensor(repeating: 40, shape: [Self.hidden])
    try compare(scratch, fused(.gru, gates: gates, output: output), gates: gates, output: output)
  }

  /// One step of the book's formulas in plain numbers, the reset gate at work.
  @Test func gruByHand() throws {
    let scratch = GRUScratch(vocabulary: 2, hidden: 2)
    fill(scratch)
    func rows(_ parameter: Parameter) -> [[Double]] {
      let (count, width) = (parameter.shape[0], parameter.shape[1])
      let values = parameter.value.values.map { Double($0) }
      return (0..<count).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
    }
    func affine(_ name: String, _ token: Int, _ h: [Double]) throws -> [Double] {
      let gate = try gate(scratch, name)
      let (x, u, b) = (rows(gate.x)[token], rows(gate.h), gate.b.value.values.map { Double($0) })
      return (0..<2).map { x[$0] + h[0] * u[0][$0] + h[1] * u[1][$0] + b[$0] }
    }
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var h = [0.3, -0.8]
    let start = RecurrentState(hidden: Tensor<Float>([0.3, -0.8]).reshaped([1, 1, 2]))
    for token in [1, 0, 1] {
      let z = try affine("update", token, h).map(sigmoid)
      let r = try affine("reset", token, h).map(sigmoid)
      let candidate = try affine("candidate", token, [r[0] * h[0], r[1] * h[1]]).map { tanh($0) }
      h = (0..<2).map { z[$0] * h[$0] + (1 - z[$0]) * candidate[$0] }
    }
    let state = scratch(Tensor<Int64>([[1, 0, 1]]), from: start).state
    #expect(mismatch(state.hidden.values.map { Double($0) }, h) == nil)
  }

  @Test func parametersOfTheBook() {
    #expect(RNNScratch(vocabulary: 28, hidden: 512).parameterCount == 291_356)
    #expect(GRUScratch(vocabulary: 28, hidden: 256).parameterCount == 226_076)
    #expect(LSTMScratch(vocabulary: 28, hidden: 256).parameterCount == 299_036)
  }
}
