import CD2LKernels

/// The arithmetic of a recurrent step.
public enum RecurrentCell: Sendable, Hashable {
  /// h' = tanh(W x + b + U h + d) (Elman, 1990; book 8.4).
  case tanh
  /// The same with max(·, 0).
  case relu
  /// Gates i, f, g, o: c' = f c + i g, h' = o tanh(c') (Hochreiter & Schmidhuber, 1997; book 9.2).
  case lstm
  /// Gates r, z, n: h' = (1 - z) n + z h with n = tanh(W x + b + r (U h + d)) (Cho et al., 2014; book 9.1). The reset gate multiplies the product,
  /// as in PyTorch and cuDNN.
  case gru

  /// How many gates there are.
  public var gates: Int {
    switch self {
    case .tanh, .relu: 1
    case .gru: 3
    case .lstm: 4
    }
  }

  var kernel: d2l_cell {
    switch self {
    case .tanh: D2L_RNN_TANH
    case .relu: D2L_RNN_RELU
    case .lstm: D2L_LSTM
    case .gru: D2L_GRU
    }
  }
}

/// The weights of one recurrent layer in one direction, gates one above the other in the order of ``RecurrentCell``.
public struct RecurrentWeights<Scalar: FloatingScalar> {
  /// `[gates × hidden, inputs]`.
  public var input: Tensor<Scalar>
  /// `[gates × hidden, hidden]`.
  public var hidden: Tensor<Scalar>
  /// `[gates × hidden]`, or nil.
  public var inputBias: Tensor<Scalar>?
  /// `[gates × hidden]`, or nil. Apart from the other for the GRU's sake, whose reset gate multiplies a part of it.
  public var hiddenBias: Tensor<Scalar>?

  /// The weights given.
  public init(
    input: Tensor<Scalar>, hidden: Tensor<Scalar>, inputBias: Tensor<Scalar>? = nil, hiddenBias: Tensor<Scalar>? = nil
  ) {
    self.input = input
    self.hidden = hidden
    self.inputBias = inputBias
    self.hiddenBias = hiddenBias
  }
}

/// What a recurrent layer reads.
public enum RecurrentInput<Scalar: FloatingScalar> {
  /// `[steps, batch, inputs]`.
  case vectors(Tensor<Scalar>)
  /// Ids `[steps, batch]` that stand for one-hot vectors: the product with the weight is a look-up of its columns.
  case ids(Tensor<Int64>)
}

/// One recurrent layer in one direction over all steps, as one recorded operation.
///
/// - Parameters:
///   - input: what is read, step by step.
///   - cell: the kind of layer.
///   - weights: its weights and biases.
///   - initialState: the state before the first step, `[batch, hidden]`; zero if nil.
///   - initialCell: the LSTM's cell before the first step, `[batch, hidden]`; zero if nil.
///   - lengths: valid steps of each example, `[batch]`. Outputs past the end are zero; the final state is that of the last valid step.
///   - isReversed: reads from each example's last valid step to its first; outputs stay at their steps.
/// - Returns: the states of all steps `[steps, batch, hidden]`, the final state `[batch, hidden]`, and the LSTM's final cell.
public func recurrent<S: FloatingScalar>(
  _ input: RecurrentInput<S>, cell: RecurrentCell, weights: RecurrentWeights<S>, initialState: Tensor<S>? = nil,
  initialCell: Tensor<S>? = nil, lengths: Tensor<Int64>? = nil, reversed isReversed: Bool = false
) -> (output: Tensor<S>, state: Tensor<S>, cell: Tensor<S>?) {
  let pass = RecurrentPass(
    input, cell, weights, initialState?.erased, initialCell?.erased, lengths, isReversed: isReversed)
  let result = pass.run()
  return (Tensor(result.output), Tensor(result.state), result.cell.map { Tensor($0) })
}

/// One run of ``recurrent(_:cell:weights:initialState:initialCell:lengths:reversed:)``: its checked operands, forward and backward.
private final class RecurrentPass {
  private let cell: RecurrentCell
  private let steps, batch, hidden, inputs: Int
  private let isReversed: Bool
  private let dtype: DType
  private let lengths: AnyTensor?
  /// x, input weight, hidden weight, input bias, hidden bias, initial state, initial cell: what gradients go to, in this order.
  private let operands: [AnyTensor?]
  /// The same with their nodes, until the run has recorded itself.
  private var tracked: [AnyTensor?]
  private let ids: AnyTensor?

  // Kept for the backward pass.
  private var gates, cells, shares, output: AnyTensor?

  // Gradients of the final states, left here by their nodes for the backward pass of the output's.
  private var stateGradient, cellGradient: AnyTensor?
  private var isOutputUnused = false

  private var width: Int { cell.gates * hidden }

  init<S: FloatingScalar>(
    _ input: RecurrentInput<S>, _ cell: RecurrentCell, _ weights: RecurrentWeights<S>, _ state: AnyTensor?,
    _ initialCell: AnyTensor?, _ lengths: Tensor<Int64>?, isReversed: Bool
  ) {
    self.cell = cell
    self.isReversed = isReversed
    dtype = S.dtype
    let (hiddenShape, inputShape) = (weights.hidden.shape, weights.input.shape)
    require(
      hiddenShape.count == 2 && inputShape.count == 2 && hiddenShape[0] == cell.gates * hiddenShape[1]
        && inputShape[0] == hiddenShape[0], "recurrent",
      "input weight \(inputShape), hidden weight \(hiddenShape) for \(cell) with \(cell.gates) gates")
    (hidden, inputs) = (hiddenShape[1], inputShape[1])
    for bias in [weights.inputBias, weights.hiddenBias] {
      require(
        bias == nil || bias?.shape == [hiddenShape[0]], "recurrent",
        "bias \(bias?.shape ?? []), hidden weight \(hiddenShape)")
    }
    var x: AnyTensor?
    switch input {
    case .vectors(let vectors):
      require(
        vectors.rank == 3 && vectors.shape[2] == inputShape[1], "recurrent",
        "input \(vectors.shape), input weight \(inputShape); the input is [steps, batch, inputs]")
      (steps, batch, ids) = (vectors.shape[0], vectors.shape[1], nil)
      x = vectors.erased
    case .ids(let numbers):
      require(numbers.rank == 2, "recurrent", "ids \(numbers.shape) are not [steps, batch]")
      AnyTensor.check(numbers.erased, below: inputShape[1], "recurrent")
      (steps, batch, ids) = (numbers.shape[0], numbers.shape[1], numbers.erased.contiguous().detached())
    }
    for part in [state, initialCell] {
      require(
        part == nil || part?.shape == [batch, hidden] && part?.dtype == dtype, "recurrent",
        "initial state \(part?.shape ?? []) for a batch of \(batch) and \(hidden) units")
    }
    require(initialCell == nil || cell == .lstm, "recurrent", "an initial cell for \(cell)")
    if let lengths {
      let (batch, steps) = (batch, steps)
      require(
        lengths.shape == [batch] && lengths.values.allSatisfy { 0...Int64(steps) ~= $0 }, "recurrent",
        "lengths \(lengths.values) for a batch of \(batch) with \(steps) steps")
    }
    self.lengths = lengths?.erased.contiguous().detached()
    tracked = [
      x, weights.input.erased, weights.hidden.erased, weights.inputBias?.erased, weights.hiddenBias?.erased, state,
      initialCell,
    ].map { $0?.contiguous() }
    operands = tracked.map { $0?.detached() }
  }

  private func required(_ index: Int) -> AnyTensor {
    guard let array = operands[index] else { fail("recurrent", "an operand is missing") }
    return array
  }

  private func empty(_ shape: Shape) -> AnyTensor { AnyTensor(uninitialized: shape, dtype) }
  private func zeros(_ shape: Shape) -> AnyTensor { AnyTensor(repeating: 0, shape: shape, dtype: dtype) }

  /// Calls `body` with the kernels' description; the lengths are alive meanwhile.
  private func withSizes(_ body: (inout d2l_recurrent) -> Void) {
    let lengths = lengths
    var sizes = d2l_recurrent(
      cell: cell.kernel, steps: Int64(steps), batch: Int64(batch), hidden: Int64(hidden),
      lengths: lengths?.pointer.assumingMemoryBound(to: Int64.self), reverse: isReversed)
    withExtendedLifetime(lengths) { body(&sizes) }
  }
}

// MARK: - Forward

extension RecurrentPass {
  func run() -> (output: AnyTensor, state: AnyTensor, cell: AnyTensor?) {
    let inputs = tracked
    tracked = []
    let isTracked = isRecording && inputs.contains { $0?.node != nil }
    let y = empty([steps, batch, hidden])
    let state = operands[5]?.copied() ?? zeros([batch, hidden])
    let finalCell = cell == .lstm ? operands[6]?.copied() ?? zeros([batch, hidden]) : nil
    let isPlain = cell.gates == 1
    let table = ids.map { _ in inputTable() }
    // A plain layer's gate is its output. Without a backward pass and with a table, gates live in the kernel's scratch memory.
    let gates = isPlain ? y : isTracked || ids == nil ? empty([steps, batch, width]) : nil
    if let x = operands[0], let gates { project(x, into: gates) }
    let cells = isTracked && cell == .lstm ? empty([steps, batch, hidden]) : nil
    let shares = isTracked && cell == .gru ? empty([steps, batch, hidden]) : nil
    let (weight, bias, ids) = (required(2), lastHiddenBias(), ids)
    withSizes { sizes in
      d2l_recurrent_forward(
        dtype.kernel, &sizes, gates?.pointer, table?.pointer, ids?.pointer.assumingMemoryBound(to: Int64.self),
        weight.pointer, bias?.pointer, state.pointer, finalCell?.pointer, y.pointer, cells?.pointer, shares?.pointer)
    }
    guard isTracked else { return (y, state, finalCell) }
    self.gates = isPlain ? nil : gates
    (self.cells, self.shares, output) = (cells, shares, y)
    let nothing = AnyTensor(repeating: 0, shape: [0], dtype: dtype)
    let recorded = y.recorded("recurrent", inputs: inputs.map { $0 ?? nothing }) { gradient, node in
      self.sendGradients(gradient, node)
    }
    return (
      recorded, recordedState(state, recorded) { $0.stateGradient = $1 },
      finalCell.map { recordedState($0, recorded) { $0.cellGradient = $1 } }
    )
  }

  /// A final state as an operation on the output whose backward pass leaves its gradient for that of the output, which runs next: numbers of nodes
  /// decide the order.
  private func recordedState(
    _ state: AnyTensor, _ output: AnyTensor, _ keep: @escaping (RecurrentPass, AnyTensor) -> Void
  ) -> AnyTensor {
    let (whole, dtype) = (output.shape, dtype)
    return state.recorded("recurrent", output) { gradient, node in
      requireFirstOrder("recurrent")
      keep(self, gradient.contiguous())
      guard let target = node.input(0), target.gradient == nil else { return }
      self.isOutputUnused = true
      node.send(AnyTensor(repeating: 0, shape: [], dtype: dtype).broadcast(to: whole), to: 0)
    }
  }

  /// Both biases in one, but for the GRU's last gate, which takes its hidden bias elsewhere.
  private func inputBias() -> AnyTensor? {
    guard let hiddenBias = operands[4] else { return operands[3] }
    var bias = hiddenBias
    if cell == .gru {
      bias = hiddenBias.copied()
      d2l_fill(dtype.kernel, bias.pointer + 2 * hidden * dtype.byteWidth, 0, Int64(hidden))
    }
    if let inputBias = operands[3] { bias = bias.binary(D2L_ADD, inputBias, "recurrent") }
    return bias
  }

  /// The GRU's bias behind the reset gate.
  private func lastHiddenBias() -> AnyTensor? {
    guard cell == .gru, let bias = operands[4] else { return nil }
    return bias.sliced(axis: 0, from: 2 * hidden, count: hidden).copied()
  }

  /// The input's share for each id: the transposed weight plus the bias.
  private func inputTable() -> AnyTensor {
    let columns = required(1).transposedMatrix()
    guard let bias = inputBias() else { return columns.copied() }
    return columns.binary(D2L_ADD, bias, "recurrent")
  }

  private func project(_ x: AnyTensor, into gates: AnyTensor) {
    let (weight, bias) = (required(1), inputBias())
    d2l_linear(
      dtype.kernel, x.pointer, weight.pointer, bias?.pointer, D2L_ACTIVATION_NONE, gates.pointer,
      Int64(steps * batch), Int64(inputs), Int64(width))
  }
}

// MARK: - Backward

extension RecurrentPass {
  private func sendGradients(_ gradient: AnyTensor, _ node: Node) {
    requireFirstOrder("recurrent")
    let gy = isOutputUnused ? nil : gradient.contiguous()
    let gh = stateGradient?.copied() ?? zeros([batch, hidden])
    let gc = cell == .lstm ? cellGradient?.copied() ?? zeros([batch, hidden]) : nil
    (stateGradient, cellGradient, isOutputUnused) = (nil, nil, false)
    guard let y = output else { fail("recurrent", "the backward pass ran before the forward one") }
    let ggates = empty([steps, batch, width])
    let gshares = cell == .gru ? empty([steps, batch, hidden]) : nil
    let (weight, h0, c0, gates, cells, shares) = (required(2), operands[5], operands[6], gates, cells, shares)
    withSizes { sizes in
      d2l_recurrent_backward(
        dtype.kernel, &sizes, gates?.pointer, weight.pointer, h0?.pointer, c0?.pointer, y.pointer, cells?.pointer,
        shares?.pointer, gy?.pointer, gh.pointer, gc?.pointer, ggates.pointer, gshares?.pointer)
    }
    sendInputGradients(ggates, node)
    if node.needs(2) { node.send(hiddenWeightGradient(ggates, gshares, y), to: 2) }
    if node.needs(3) || node.needs(4) { sendBiasGradients(ggates, gshares, node) }
    node.send(gh, to: 5)
    if let gc { node.send(gc, to: 6) }
  }

  /// The shares of the input and its weight.
  private func sendInputGradients(_ ggates: AnyTensor, _ node: Node) {
    let rows = steps * batch
    let (weight, type) = (required(1), dtype.kernel)
    if let ids {
      guard node.needs(1) else { return }
      let table = zeros([inputs, width])
      d2l_take_add(
        type, ggates.pointer, ids.pointer.assumingMemoryBound(to: Int64.self), table.pointer, 1, Int64(inputs),
        Int64(width), Int64(rows))
      node.send(table.transposedMatrix().copied(), to: 1)
      return
    }
    let x = required(0)
    if node.needs(0) {
      let share = empty([steps, batch, inputs])
      d2l_gemm(
        type, false, false, Int64(rows), Int64(inputs), Int64(width), 1, ggates.pointer, Int64(width), weight.pointer,
        Int64(inputs), 0, share.pointer, Int64(inputs))
      node.send(share, to: 0)
    }
    if node.needs(1) {
      let share = empty([width, inputs])
      d2l_gemm(
        type, true, false, Int64(width), Int64(inputs), Int64(rows), 1, ggates.pointer, Int64(width), x.pointer,
        Int64(inputs), 0, share.pointer, Int64(inputs))
      node.send(share, to: 1)
    }
  }

  /// Σ over steps of (gradient of the gates)ᵀ (state before): one product over all steps but the first, which starts from the initial state.
  private func hiddenWeightGradient(_ ggates: AnyTensor, _ gshares: AnyTensor?, _ y: AnyTensor) -> AnyTensor {
    let share = empty([width, hidden])
    let together = cell == .gru ? 2 * hidden : width
    add(ggates, columns: together, of: width, y, into: share, row: 0)
    if let gshares { add(gshares, columns: hidden, of: hidden, y, into: share, row: together) }
    return share
  }

  private func add(_ gradient: AnyTensor, columns: Int, of width: Int, _ y: AnyTensor, into share: AnyTensor, row: Int)
  {
    let element = dtype.byteWidth
    let target = share.pointer + row * hidden * element
    let rows = (steps - 1) * batch
    // Past the end both factors are zero, so that whole steps can be taken.
    let (gradientShift, stateShift) = isReversed ? (0, batch) : (batch, 0)
    d2l_gemm(
      dtype.kernel, true, false, Int64(columns), Int64(hidden), Int64(rows), 1,
      gradient.pointer + gradientShift * width * element, Int64(width), y.pointer + stateShift * hidden * element,
      Int64(hidden), 0, target, Int64(hidden))
    guard let h0 = operands[5] else { return }
    let first = firstSteps(gradient, width)
    d2l_gemm(
      dtype.kernel, true, false, Int64(columns), Int64(hidden), Int64(batch), 1, first.pointer, Int64(width),
      h0.pointer,
      Int64(hidden), 1, target, Int64(hidden))
  }

  /// Each example's entry of its first step in this direction: `[batch, width]`.
  private func firstSteps(_ gradient: AnyTensor, _ width: Int) -> AnyTensor {
    guard isReversed, let lengths else {
      return gradient.sliced(axis: 0, from: isReversed ? steps - 1 : 0, count: 1).reshaped([batch, width])
    }
    let ends = Tensor<Int64>(lengths).values
    let rows = ends.enumerated().map { Int64((Swift.max(Int($1), 1) - 1) * batch + $0) }
    // An example without valid steps has a gradient of zero everywhere.
    return gradient.reshaped([steps * batch, width]).taking(Tensor(rows).erased, axis: 0)
  }

  private func sendBiasGradients(_ ggates: AnyTensor, _ gshares: AnyTensor?, _ node: Node) {
    let sum = ggates.sum(axes: [0, 1])
    node.send(sum, to: 3)
    guard node.needs(4) else { return }
    guard let gshares else {
      node.send(sum, to: 4)
      return
    }
    let last = gshares.sum(axes: [0, 1])
    node.send(AnyTensor.concatenated([sum.sliced(axis: 0, from: 0, count: 2 * hidden), last], axis: 0), to: 4)
  }
}
