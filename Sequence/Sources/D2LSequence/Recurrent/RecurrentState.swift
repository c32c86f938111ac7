import D2LCore

/// What a recurrent layer carries from step to step, whichever kind it is: one array, and a second one for the LSTM.
public struct RecurrentState: Sendable {
  /// The hidden state h, `[layers × directions, batch, hidden]`.
  public var hidden: Tensor<Float>
  /// The LSTM's cell c, of the same shape.
  public var cell: Tensor<Float>?

  /// A state of the given parts.
  public init(hidden: Tensor<Float>, cell: Tensor<Float>? = nil) {
    require(
      cell == nil || cell?.shape == hidden.shape, "RecurrentState",
      "hidden state \(hidden.shape), cell \(cell?.shape ?? [])")
    self.hidden = hidden
    self.cell = cell
  }

  /// How many sequences it belongs to.
  public var batch: Int { hidden.shape[1] }

  /// The hidden state of the top layer, of the reverse direction if there are two, `[batch, hidden]`.
  public var top: Tensor<Float> { hidden[hidden.shape[0] - 1] }

  /// The same values cut off from what led to them: where backpropagation through time is truncated.
  public func detached() -> RecurrentState {
    RecurrentState(hidden: hidden.detached(), cell: cell?.detached())
  }

  /// The states of the given sequences, each as often as it is named.
  public func selecting(_ rows: Tensor<Int64>) -> RecurrentState {
    RecurrentState(hidden: hidden.taking(rows, axis: 1), cell: cell?.taking(rows, axis: 1))
  }
}
