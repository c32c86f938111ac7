import D2LTensor

/// The options that recurrent layers share.
struct RecurrentSizes {
  var inputs, hidden, layers: Int
  var bias, batchFirst, bidirectional: Bool
  var dropout: Double
}

/// What RNN, GRU and LSTM have in common: layers one above the other, in one or both directions.
///
/// Parameters of layer k: `weight_ih_lk` `[gates × hidden, inputs]`, `weight_hh_lk` `[gates × hidden, hidden]`, `bias_ih_lk` and `bias_hh_lk`
/// `[gates × hidden]`; those of the reverse direction end in `_reverse`. All uniform on ±1/√hidden at first (PyTorch's names and default).
public class RecurrentStack: MemberListing, ModeDependent {
  private let cell: RecurrentCell
  private let sizes: RecurrentSizes
  private let directions: [Direction]
  /// Whether it behaves as in training: dropout between layers.
  public var isTraining = true

  /// The parameters of one layer in one direction.
  private struct Direction {
    let suffix: String
    let inputWeight, hiddenWeight: Parameter
    let inputBias, hiddenBias: Parameter?

    var weights: RecurrentWeights<Float> {
      RecurrentWeights(
        input: inputWeight.value, hidden: hiddenWeight.value, inputBias: inputBias?.value, hiddenBias: hiddenBias?.value
      )
    }
  }

  init(_ cell: RecurrentCell, _ sizes: RecurrentSizes, _ name: StaticString) {
    require(
      sizes.inputs > 0 && sizes.hidden > 0 && sizes.layers > 0, name,
      "\(sizes.inputs) inputs, \(sizes.hidden) units, \(sizes.layers) layers")
    require(0...1 ~= sizes.dropout, name, "a dropout probability of \(sizes.dropout)")
    self.cell = cell
    self.sizes = sizes
    let ways = sizes.bidirectional ? 2 : 1
    let initial = Initializer.inverseRoot(fan: sizes.hidden)
    let width = cell.gates * sizes.hidden
    directions = (0..<sizes.layers * ways).map { index in
      let inputs = index < ways ? sizes.inputs : ways * sizes.hidden
      return Direction(
        suffix: "l\(index / ways)" + (index % ways == 1 ? "_reverse" : ""),
        inputWeight: Parameter([width, inputs], initial), hiddenWeight: Parameter([width, sizes.hidden], initial),
        inputBias: sizes.bias ? Parameter([width], initial) : nil,
        hiddenBias: sizes.bias ? Parameter([width], initial) : nil)
    }
  }

  /// The parameters under PyTorch's names.
  public var listedMembers: [(name: String, value: Any)] {
    directions.flatMap { direction -> [(name: String, value: Any)] in
      let all: [(String, Parameter?)] = [
        ("weight_ih_", direction.inputWeight), ("weight_hh_", direction.hiddenWeight),
        ("bias_ih_", direction.inputBias), ("bias_hh_", direction.hiddenBias),
      ]
      return all.compactMap { name, parameter in parameter.map { (name + direction.suffix, $0) } }
    }
  }

  /// How many units each direction has.
  public var hidden: Int { sizes.hidden }
  /// How many layers there are.
  public var layers: Int { sizes.layers }
  /// How many directions there are: 1 or 2.
  public var ways: Int { sizes.bidirectional ? 2 : 1 }
  /// The size of the outputs: `hidden` for each direction.
  public var width: Int { ways * sizes.hidden }

  /// The final states of all layers and directions, `[layers × directions, batch, hidden]`, with the outputs.
  func run(
    _ input: RecurrentInput<Float>, state: Tensor<Float>?, cell initialCell: Tensor<Float>?, lengths: Tensor<Int64>?,
    _ name: StaticString
  ) -> (output: Tensor<Float>, state: Tensor<Float>, cell: Tensor<Float>?) {
    var input = timeFirst(input, name)
    for part in [state, initialCell] {
      require(
        part == nil || part?.rank == 3 && part?.shape[0] == directions.count, name,
        "a state of shape \(part?.shape ?? []); it takes [\(directions.count), batch, \(sizes.hidden)]")
    }
    var states: [Tensor<Float>] = []
    var cells: [Tensor<Float>] = []
    var output: Tensor<Float>?
    for layer in 0..<sizes.layers {
      if let below = output { input = .vectors(droppedOut(below)) }
      var outputs: [Tensor<Float>] = []
      for way in 0..<ways {
        let index = layer * ways + way
        let result = recurrent(
          input, cell: cell, weights: directions[index].weights, initialState: state?[index],
          initialCell: initialCell?[index], lengths: lengths, reversed: way == 1)
        outputs.append(result.output)
        states.append(result.state)
        if let cell = result.cell { cells.append(cell) }
      }
      output = outputs.count == 1 ? outputs[0] : Tensor(concatenating: outputs, axis: 2)
    }
    guard let output else { fail(name, "no layers") }
    return (
      sizes.batchFirst ? output.transposed(0, 1) : output, stacked(states), cells.isEmpty ? nil : stacked(cells)
    )
  }

  private func timeFirst(_ input: RecurrentInput<Float>, _ name: StaticString) -> RecurrentInput<Float> {
    switch input {
    case .vectors(let x):
      require(
        x.rank == 3 && x.shape[2] == sizes.inputs, name,
        "input \(x.shape) is not [\(sizes.batchFirst ? "batch, steps" : "steps, batch"), \(sizes.inputs)]")
      return .vectors(sizes.batchFirst ? x.transposed(0, 1) : x)
    case .ids(let ids):
      require(ids.rank == 2, name, "ids \(ids.shape) are not [\(sizes.batchFirst ? "batch, steps" : "steps, batch")]")
      return .ids(sizes.batchFirst ? ids.transposed(0, 1) : ids)
    }
  }

  private func droppedOut(_ x: Tensor<Float>) -> Tensor<Float> {
    guard isTraining && sizes.dropout > 0 else { return x }
    return x.droppedOut(probability: sizes.dropout, using: &RandomSource.current.generator)
  }

  private func stacked(_ parts: [Tensor<Float>]) -> Tensor<Float> {
    parts.count == 1 ? parts[0].unsqueezed(axis: 0) : Tensor(stacking: parts)
  }
}
