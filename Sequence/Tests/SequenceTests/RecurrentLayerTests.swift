import D2LCore
import D2LSequence
import D2LTestSupport
import Testing

/// One case of the matrix: kind, layers, directions, whole or packed.
struct RecurrentCase: Sendable, CustomTestStringConvertible {
  let kind: RecurrentKind
  let layers, ways: Int
  let isPacked: Bool

  var testDescription: String { "\(kind.rawValue) \(layers) \(ways) \(isPacked ? "packed" : "whole")" }

  static let all: [RecurrentCase] = [RecurrentKind.rnn, .gru, .lstm].flatMap { kind in
    (1...3).flatMap { layers in
      [1, 2].flatMap { ways in
        [false, true].map { RecurrentCase(kind: kind, layers: layers, ways: ways, isPacked: $0) }
      }
    }
  }
}

@Suite struct RecurrentLayerTests {
  /// Against PyTorch, through the one protocol: outputs, final states, gradients of input, initial states and all weights (Tools/Parity/sequence.py).
  @Test(arguments: RecurrentCase.all) func agreesWithPyTorch(_ one: RecurrentCase) throws {
    let golden = try Golden("recurrent_layers")
    let layer = one.kind.layer(3, 5, layers: one.layers, bidirectional: one.ways == 2)
    let parameters = layer.namedParameters().sorted { $0.name < $1.name }.map(\.parameter)
    for (number, parameter) in parameters.enumerated() {
      parameter.value = Formula.uniform(parameter.shape, 10 + number, from: -0.6, to: 0.6)
    }
    let x = (Formula.uniform([6, 4, 3], 300) as Tensor<Float>).requiringGradient()
    let shape: Shape = [one.layers * one.ways, 4, 5]
    let hidden = (Formula.uniform(shape, 301) as Tensor<Float>).requiringGradient()
    let cell = one.kind == .lstm ? (Formula.uniform(shape, 302) as Tensor<Float>).requiringGradient() : nil
    let lengths: Tensor<Int64>? = one.isPacked ? Tensor([3, 6, 1, 5]) : nil
    let (output, state) = layer(x, from: RecurrentState(hidden: hidden, cell: cell), lengths: lengths)
    let finals = [state.hidden] + (state.cell.map { [$0] } ?? [])
    var loss = Tensor<Float>(0)
    for (number, part) in ([output] + finals).enumerated() {
      loss = loss + (part * Formula.uniform(part.shape, 500 + number)).sum()
    }
    loss.backward()
    let gradients = ([x, hidden] + (cell.map { [$0] } ?? [])).map(\.gradient) + parameters.map(\.gradient)
    func flat(_ parts: [Tensor<Float>]) -> Tensor<Float> {
      Tensor(concatenating: parts.map { $0.detached().flattened() })
    }
    func problem(_ parts: [Tensor<Float>], _ name: String) throws -> String? {
      try golden.mismatch(flat(parts), with: "\(one.testDescription)/\(name)", relative: 1e-5)
    }
    #expect(try problem([output], "output") == nil)
    #expect(try problem(finals, "states") == nil)
    #expect(try problem(gradients.map { try #require($0) }, "gradients") == nil)
  }

  @Test func statesAreSelectedAndCutOff() {
    let layer = RecurrentKind.lstm.layer(2, 3, layers: 2)
    let state = layer(Formula.uniform([4, 3, 2], 1)).state
    let twice = state.selecting(Tensor([2, 0, 2, 1]))
    #expect(twice.batch == 4)
    #expect(twice.hidden[.all, 0].contiguous() == state.hidden[.all, 2].contiguous())
    #expect(twice.cell?[.all, 3].contiguous() == state.cell?[.all, 1].contiguous())
    #expect(twice.hidden.requiresGradient && !twice.detached().hidden.requiresGradient)
    #expect(state.top == state.hidden[1])
    #expect(layer.zeroState(batch: 3).cell?.shape == [2, 3, 3])
  }
}
