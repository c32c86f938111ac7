import CD2LKernels
import D2LLayers
import D2LTensor

/// Parameters that are updated with the same options.
public struct ParameterGroup {
  /// The parameters, each once.
  public let parameters: [Parameter]
  /// The step size.
  public var learningRate: Double
  /// How strongly values are pulled toward zero.
  public var weightDecay: Double

  /// A group of its own.
  public init(_ parameters: [Parameter], learningRate: Double, weightDecay: Double = 0) {
    self.parameters = parameters
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }
}

/// What can go wrong when an optimizer's saved state is put back.
public struct OptimizerStateError: Error, CustomStringConvertible {
  /// What is wrong with which entry.
  public let description: String
}

/// The part that all optimizers share: groups of parameters, state beside each parameter, saving and restoring.
///
/// An optimizer is a subclass that names its state ("slots": arrays of the parameter's size, zero at first) and updates one
/// parameter. Values are updated in place; state is made when a parameter's first gradient arrives.
open class Optimizer {
  /// The groups, in order.
  public private(set) var groups: [ParameterGroup]
  private var states: [[ParameterState?]]

  /// State beside one parameter.
  private final class ParameterState {
    var step = 0
    let slots: [Slot]
    // The same arrays, where an update finds them without a look into the list.
    let first, second, third: UnsafeMutablePointer<Float>?

    init(slots: [Slot]) {
      require(slots.count <= 3, "Optimizer", "\(slots.count) state arrays beside a parameter; there is room for three")
      self.slots = slots
      first = slots.count > 0 ? slots[0].pointer : nil
      second = slots.count > 1 ? slots[1].pointer : nil
      third = slots.count > 2 ? slots[2].pointer : nil
    }
  }

  /// An array of numbers that stays where it is.
  final class Slot {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int, filledWith value: Float = 0) {
      self.count = count
      pointer = d2l_allocate(count * MemoryLayout<Float>.stride).assumingMemoryBound(to: Float.self)
      pointer.update(repeating: value, count: count)
    }

    deinit { d2l_free(pointer, count * MemoryLayout<Float>.stride) }
  }

  /// What an update of one parameter gets to see.
  public struct Update {
    /// The value, to be changed in place.
    public let value: UnsafeMutablePointer<Float>
    /// The gradient.
    public let gradient: UnsafePointer<Float>
    /// How many numbers there are.
    public let count: Int
    /// The state arrays in the order of ``Optimizer/slotNames``; nil where there are fewer.
    public let first, second, third: UnsafeMutablePointer<Float>?
    /// The options that hold for this parameter.
    public let learningRate, weightDecay: Double
    /// 1 for the first update of this parameter.
    public let step: Int
  }

  /// An optimizer of the given groups.
  public init(groups: [ParameterGroup]) {
    self.groups = groups
    states = groups.map { [ParameterState?](repeating: nil, count: $0.parameters.count) }
    var seen: Set<ObjectIdentifier> = []
    for parameter in groups.flatMap(\.parameters) where !seen.insert(ObjectIdentifier(parameter)).inserted {
      fail("Optimizer", "a parameter of shape \(parameter.shape) is in the groups twice")
    }
  }

  /// The names of the state arrays beside each parameter, three at most.
  open var slotNames: [String] { [] }

  /// What a new state array is filled with.
  open func initialValue(ofSlot name: String) -> Float { 0 }

  /// Updates one parameter.
  open func apply(_ update: Update) { fail("Optimizer", "\(type(of: self)) does not say how to update") }

  /// The learning rate of the first group; setting it sets all groups'.
  public var learningRate: Double {
    get { groups.first?.learningRate ?? 0 }
    set { for index in groups.indices { groups[index].learningRate = newValue } }
  }

  /// Sets the learning rate of one group.
  public func setLearningRate(_ rate: Double, group: Int) { groups[group].learningRate = rate }

  /// All parameters of all groups.
  public var parameters: [Parameter] { groups.flatMap(\.parameters) }

  /// Updates every parameter that has a gradient.
  public func step() {
    profiled(.optimizer, "update") {
      for index in groups.indices {
        let group = groups[index]
        for position in group.parameters.indices {
          let parameter = group.parameters[position]
          if !parameter.isFrozen { update(parameter, group, at: (index, position)) }
        }
      }
    }
  }

  private func update(_ parameter: Parameter, _ group: ParameterGroup, at place: (group: Int, position: Int)) {
    parameter.update { value, gradient, count in
      let state = states[place.group][place.position] ?? newState(at: place, count: count)
      state.step += 1
      apply(
        Update(
          value: value, gradient: gradient, count: count, first: state.first, second: state.second, third: state.third,
          learningRate: group.learningRate, weightDecay: group.weightDecay, step: state.step))
    }
  }

  private func newState(at place: (group: Int, position: Int), count: Int) -> ParameterState {
    let state = ParameterState(slots: slotNames.map { Slot(count: count, filledWith: initialValue(ofSlot: $0)) })
    states[place.group][place.position] = state
    return state
  }

  /// A copy of a parameter's state array; nil before its first update.
  func slot(_ name: String, of parameter: Parameter) -> Tensor<Float>? {
    guard let number = slotNames.firstIndex(of: name) else { return nil }
    for (index, group) in groups.enumerated() {
      guard let position = group.parameters.firstIndex(where: { $0 === parameter }) else { continue }
      return states[index][position].map { Optimizer.copy($0.slots[number], shape: parameter.shape) }
    }
    return nil
  }

  private static func copy(_ slot: Slot, shape: Shape) -> Tensor<Float> {
    Tensor<Float>(shape: shape) { buffer in
      if let start = buffer.baseAddress { start.update(from: slot.pointer, count: slot.count) }
    }
  }

  /// Forgets all gradients.
  public func zeroGradients() {
    for group in groups { for parameter in group.parameters { parameter.zeroGradient() } }
  }

  // MARK: Saving

  /// Everything needed to continue later: for parameter p of group g the arrays `g.p.<slot>` and the counter `g.p.step`, and each group's
  /// `g.learning_rate`.
  public var state: [(name: String, array: AnyTensor)] {
    var result: [(name: String, array: AnyTensor)] = []
    for (index, group) in groups.enumerated() {
      result.append(("\(index).learning_rate", Tensor<Double>(group.learningRate).erased))
      for (position, parameter) in group.parameters.enumerated() {
        guard let state = states[index][position] else { continue }
        result.append(("\(index).\(position).step", Tensor<Int64>(Int64(state.step)).erased))
        for (name, slot) in zip(slotNames, state.slots) {
          result.append(("\(index).\(position).\(name)", Optimizer.copy(slot, shape: parameter.shape).erased))
        }
      }
    }
    return result
  }

  /// Puts saved state back. Throws, changing nothing, if it does not fit this optimizer's parameters.
  public func restore(_ saved: [String: AnyTensor]) throws {
    var rates: [Double] = []
    var restored: [[ParameterState?]] = []
    for (index, group) in groups.enumerated() {
      guard let rate = saved["\(index).learning_rate"], rate.count == 1 else {
        throw OptimizerStateError(description: "the saved state has no learning rate of group \(index)")
      }
      rates.append(Tensor<Double>(converting: rate).item())
      restored.append(
        try group.parameters.enumerated().map { position, parameter in
          guard let step = saved["\(index).\(position).step"], step.count == 1 else { return nil }
          let slots = try slotNames.map { name in
            let key = "\(index).\(position).\(name)"
            guard let array = saved[key], array.dtype == .float32, array.shape == parameter.shape else {
              throw OptimizerStateError(
                description: "entry \(key) of the saved state is missing or not float32 of shape \(parameter.shape)")
            }
            let slot = Slot(count: array.count)
            Tensor<Float>(converting: array).withUnsafeBufferPointer { buffer in
              if let start = buffer.baseAddress { slot.pointer.update(from: start, count: buffer.count) }
            }
            return slot
          }
          let state = ParameterState(slots: slots)
          state.step = Int(Tensor<Int64>(converting: step).item())
          return state
        })
    }
    if let foreign = saved.keys.sorted().first(where: { !expects($0) }) {
      throw OptimizerStateError(
        description: "entry \(foreign) of the saved state belongs to no parameter or array here")
    }
    for index in groups.indices { groups[index].learningRate = rates[index] }
    states = restored
  }

  /// Whether an entry of a saved state is one of this optimizer's.
  private func expects(_ key: String) -> Bool {
    let parts = key.split(separator: ".", maxSplits: 2).map(String.init)
    guard let group = parts.first.flatMap({ Int($0) }), groups.indices.contains(group) else { return false }
    if parts.count == 2 { return parts[1] == "learning_rate" }
    guard parts.count == 3, let position = Int(parts[1]) else { return false }
    return groups[group].parameters.indices.contains(position) && (parts[2] == "step" || slotNames.contains(parts[2]))
  }
}
