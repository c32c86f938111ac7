import CD2LKernels

/// Whether operations on this thread are recorded for differentiation at the moment.
@inline(__always)
var isRecording: Bool { d2l_current_thread_state().pointee.recording_paused == 0 }

/// Runs `body` without recording: results need no memory for a backward pass, and no gradient flows through them.
///
/// Use it to evaluate a model, and wherever values are changed by hand.
public func withoutGradient<Result>(_ body: () throws -> Result) rethrows -> Result {
  let state = d2l_current_thread_state()
  state.pointee.recording_paused += 1
  defer { state.pointee.recording_paused -= 1 }
  return try body()
}

/// Runs `body` with recording on, also inside ``withoutGradient(_:)``.
func withGradient<Result>(_ body: () throws -> Result) rethrows -> Result {
  let state = d2l_current_thread_state()
  let paused = state.pointee.recording_paused
  state.pointee.recording_paused = 0
  defer { state.pointee.recording_paused = paused }
  return try body()
}

/// Whether an operation on any of these is to be recorded: what takes another way where nobody will ask for a gradient looks here.
package func isRecorded<Scalar>(_ tensors: Tensor<Scalar>?...) -> Bool {
  isRecording && tensors.contains { $0?.erased.isTracked ?? false }
}

extension AnyTensor {
  /// Whether a gradient flows back through this array.
  var isTracked: Bool { node != nil }

  /// Whether an operation on these is to be recorded. Asking first saves the copies that its backward pass would keep.
  @inline(__always)
  static func isRecorded(_ first: AnyTensor, _ second: AnyTensor) -> Bool {
    (first.node != nil || second.node != nil) && isRecording
  }

  /// What an array is after a change by hand: no longer the result of the operation that made it. A leaf stays the leaf, so that parameters
  /// can be stepped inside ``withoutGradient(_:)``.
  mutating func forgetOperation() {
    if let node, !node.isLeaf { self.node = nil }
  }

  /// `self` as the output of a recorded operation on `input`, if gradients are wanted for it.
  ///
  /// What `backward` captures should be detached: a saved array that holds nodes would keep graphs alive from inside.
  @inline(__always)
  func recorded(
    _ operation: StaticString, _ input: AnyTensor, backward: @autoclosure () -> Node.Backward
  ) -> AnyTensor {
    guard input.node != nil, isRecording else { return self }
    return attached(operation, Node.Inputs(first: input.node), backward())
  }

  @inline(__always)
  func recorded(
    _ operation: StaticString, _ first: AnyTensor, _ second: AnyTensor, backward: @autoclosure () -> Node.Backward
  ) -> AnyTensor {
    guard first.node != nil || second.node != nil, isRecording else { return self }
    return attached(operation, Node.Inputs(first: first.node, second: second.node), backward())
  }

  @inline(__always)
  func recorded(
    _ operation: StaticString, _ first: AnyTensor, _ second: AnyTensor, _ third: AnyTensor?,
    backward: @autoclosure () -> Node.Backward
  ) -> AnyTensor {
    guard first.node != nil || second.node != nil || third?.node != nil, isRecording else { return self }
    return attached(
      operation, Node.Inputs(first: first.node, second: second.node, third: third?.node), backward())
  }

  func recorded(
    _ operation: StaticString, inputs: [AnyTensor], backward: @autoclosure () -> Node.Backward
  ) -> AnyTensor {
    guard isRecording, inputs.contains(where: { $0.node != nil }) else { return self }
    var nodes = Node.Inputs()
    nodes.first = inputs.count > 0 ? inputs[0].node : nil
    nodes.second = inputs.count > 1 ? inputs[1].node : nil
    nodes.third = inputs.count > 2 ? inputs[2].node : nil
    nodes.more = inputs.dropFirst(3).map(\.node)
    return attached(operation, nodes, backward())
  }

  private func attached(
    _ operation: StaticString, _ inputs: borrowing Node.Inputs, _ backward: @escaping Node.Backward
  ) -> AnyTensor {
    var result = self
    result.node = Node(operation, shape: shape, dtype: dtype, inputs: inputs, backward: backward)
    return result
  }

  /// A saved input during a backward pass: tied to its graph again while second derivatives are recorded.
  func asInput(_ index: Int, of node: Node) -> AnyTensor {
    guard isRecording else { return self }
    var result = self
    result.node = node.input(index)
    return result
  }

  /// A saved output during a backward pass, as ``asInput(_:of:)``.
  func asOutput(of node: Node) -> AnyTensor {
    guard isRecording else { return self }
    var result = self
    result.node = node
    return result
  }
}

/// Stops a pass that asks for a second derivative where the backward function is not made of recorded operations.
@inline(__always)
func requireFirstOrder(_ operation: StaticString) {
  require(!isRecording, operation, "has no second derivative here; call backward without createGraph")
}
