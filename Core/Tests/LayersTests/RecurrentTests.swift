import D2LLayers
import D2LTensor
import D2LTestSupport
import Testing

@Suite struct RecurrentGradients {
  private static let steps = 4
  private static let batch = 3
  private static let hidden = 3

  /// Every operand's gradient against central differences in Double, the final states counting too.
  @Test(arguments: [RecurrentCell.tanh, .lstm, .gru], [false, true])
  func operandsByDifferences(_ cell: RecurrentCell, _ isReversed: Bool) {
    let (steps, batch, hidden) = (Self.steps, Self.batch, Self.hidden)
    let width = cell.gates * hidden
    let shapes: [Shape] = [
      [steps, batch, 2], [width, 2], [width, hidden], [width], [width], [batch, hidden], [batch, hidden],
    ]
    let inputs = shapes.enumerated().map { Formula.uniform($1, 40 + $0, as: Double.self) }
    for lengths in [nil, Tensor<Int64>([2, 4, 1])] {
      let problem = gradientMismatch(cell == .lstm ? inputs : Array(inputs.dropLast())) { x in
        let weights = RecurrentWeights(input: x[1], hidden: x[2], inputBias: x[3], hiddenBias: x[4])
        let result = recurrent(
          .vectors(x[0]), cell: cell, weights: weights, initialState: x[5], initialCell: cell == .lstm ? x[6] : nil,
          lengths: lengths, reversed: isReversed)
        var parts = [result.output.flattened(), result.state.flattened()]
        if let final = result.cell { parts.append(final.flattened()) }
        return Tensor(concatenating: parts)
      }
      #expect(problem == nil, "\(cell), lengths \(lengths?.values ?? [])")
    }
  }

  /// A gradient that comes through the final state alone.
  @Test(arguments: [RecurrentCell.relu, .lstm, .gru]) func finalStateAlone(_ cell: RecurrentCell) {
    let width = cell.gates * 3
    let inputs = [
      Formula.uniform([3, 2, 2], 1, as: Double.self), Formula.uniform([width, 2], 2), Formula.uniform([width, 3], 3),
    ]
    let problem = gradientMismatch(inputs) { x in
      recurrent(.vectors(x[0]), cell: cell, weights: RecurrentWeights(input: x[1], hidden: x[2])).state
    }
    #expect(problem == nil)
  }

  @Test func idsAreOneHotVectors() {
    let ids = Formula.integers([5, 4], 3, in: 0..<6)
    for cell in [RecurrentCell.tanh, .gru, .lstm] {
      func run(_ input: RecurrentInput<Double>) -> [Tensor<Double>] {
        let width = cell.gates * 7
        let leaves = [
          Formula.uniform([width, 6], 1, as: Double.self).requiringGradient(),
          Formula.uniform([width, 7], 2, as: Double.self).requiringGradient(),
          Formula.uniform([width], 3, as: Double.self).requiringGradient(),
        ]
        let weights = RecurrentWeights(input: leaves[0], hidden: leaves[1], inputBias: leaves[2])
        let output = recurrent(input, cell: cell, weights: weights).output
        (output * Formula.uniform(output.shape, 9)).sum().backward()
        return [output.detached()] + leaves.compactMap(\.gradient)
      }
      let (short, long) = (run(.ids(ids)), run(.vectors(Tensor(oneHot: ids, classes: 6))))
      #expect(short.count == 4)
      for (a, b) in zip(short, long) { #expect(mismatch(a, b, relative: 1e-12, absolute: 1e-13) == nil) }
      let weights = RecurrentWeights(
        input: Formula.uniform([cell.gates * 7, 6], 1, as: Double.self),
        hidden: Formula.uniform([cell.gates * 7, 7], 2),
        inputBias: Formula.uniform([cell.gates * 7], 3))
      let unrecorded = recurrent(.ids(ids), cell: cell, weights: weights).output
      #expect(unrecorded == short[0], "without a backward pass nothing is kept, and the numbers are the same")
    }
  }

  /// An example alone gives what it gives in a batch, and padding changes nothing.
  @Test func examplesAreIndependent() {
    let layer = withRandomSeed(3) { LSTM(3, 20, layers: 2, bidirectional: true) }
    let x: Tensor<Float> = Formula.uniform([7, 18, 3], 5)
    let lengths = Formula.integers([18], 6, in: 1..<8)
    let together = withoutGradient { layer(x, lengths: lengths) }
    for example in [0, 7, 16, 17] {
      let length = Int(lengths.values[example])
      let alone = withoutGradient { layer(x[0..<length, example..<(example + 1)]) }
      #expect(mismatch(alone.output[.all, 0], together.output[0..<length, example]) == nil)
      #expect(together.output[length..<7, example].values.allSatisfy { $0 == 0 })
      #expect(mismatch(alone.state.cell[.all, 0], together.state.cell[.all, example]) == nil)
    }
  }

  @Test func anEmptyExampleKeepsItsState() {
    let layer = withRandomSeed(4) { GRU(2, 3, bidirectional: true) }
    let state: Tensor<Float> = Formula.uniform([2, 2, 3], 5)
    let result = layer(Formula.uniform([3, 2, 2], 1), state: state, lengths: Tensor([0, 3]))
    #expect(result.output[.all, 0].values.allSatisfy { $0 == 0 })
    #expect(result.state[.all, 0].contiguous() == state[.all, 0].contiguous())
    result.output.sum().backward()
    #expect(layer.parameters.allSatisfy { $0.gradient?.values.allSatisfy(\.isFinite) ?? false })
  }

  @Test func dropoutIsBetweenLayersAndInTrainingOnly() {
    let x: Tensor<Float> = Formula.uniform([4, 2, 3], 1)
    let layer = withRandomSeed(5) { GRU(3, 8, layers: 2, dropout: 0.5) }
    let first = withRandomSeed(1) { layer(x).output }
    #expect(first == withRandomSeed(1) { layer(x).output })
    #expect(first != withRandomSeed(2) { layer(x).output })
    layer.eval()
    #expect(withRandomSeed(1) { layer(x).output } == withRandomSeed(2) { layer(x).output })
    let single = withRandomSeed(5) { GRU(3, 8, dropout: 0.5) }
    #expect(withRandomSeed(1) { single(x).output } == withRandomSeed(2) { single(x).output })
  }

  @Test func threadsChangeNothing() {
    let layer = withRandomSeed(6) { LSTM(3, 40) }
    let x: Tensor<Float> = Formula.uniform([5, 50, 3], 1)
    let threads = Engine.threads
    defer { Engine.threads = threads }
    let results = [1, 3].map { count -> [Tensor<Float>] in
      Engine.threads = count
      layer.zeroGradients()
      let output = layer(x).output
      output.sum().backward()
      return [output.detached()] + layer.parameters.compactMap(\.gradient)
    }
    #expect(results[0] == results[1])
  }
}
