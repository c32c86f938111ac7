import CD2LKernels
import Synchronization

/// One recorded operation, or a leaf that gradients are wanted for.
///
/// A node holds the nodes of its inputs and a function that turns the gradient of its output into theirs. Graphs live as long as
/// an array that came out of them, and die without recursion, however long they are.
final class Node: @unchecked Sendable {
  /// Takes the gradient of the output and sends each input's share on with ``Node/send(_:to:)``.
  typealias Backward = (_ gradient: AnyTensor, _ node: Node) -> Void

  /// The operation's name, for messages.
  let operation: StaticString
  /// Grows with time: an operation's number is larger than those of its inputs.
  let number: UInt64
  let shape: Shape
  let dtype: DType

  // Nearly all operations have one to three inputs: those need no array.
  private(set) var input0: Node?
  private(set) var input1: Node?
  private(set) var input2: Node?
  private(set) var moreInputs: [Node?]
  private(set) var backward: Backward?
  private(set) var isReleased = false

  /// The gradient gathered so far: of a leaf until it is taken away, of others during a backward pass only.
  var gradient: AnyTensor?
  /// What was gathered beside it for some rows only: of leaves that sparse look-ups read.
  var rows: RowShare?
  /// The backward pass that saw this node last.
  var pass: UInt64 = 0
  /// Whether the gradient is to be kept when a pass has used it.
  var keepsGradient: Bool

  private static let numbers = Atomic<UInt64>(1)
  static func nextNumber() -> UInt64 { numbers.wrappingAdd(1, ordering: .relaxed).oldValue }

  init(_ operation: StaticString, shape: Shape, dtype: DType, inputs: borrowing Inputs, backward: @escaping Backward) {
    self.operation = operation
    self.shape = shape
    self.dtype = dtype
    number = Node.nextNumber()
    input0 = inputs.first
    input1 = inputs.second
    input2 = inputs.third
    moreInputs = inputs.more
    self.backward = backward
    keepsGradient = false
  }

  /// A leaf: gradients end here and are kept.
  init(leafOfShape shape: Shape, dtype: DType) {
    operation = "leaf"
    self.shape = shape
    self.dtype = dtype
    number = Node.nextNumber()
    moreInputs = []
    keepsGradient = true
  }

  /// The nodes of an operation's inputs; nil for an input that needs no gradient.
  struct Inputs {
    var first: Node?
    var second: Node?
    var third: Node?
    var more: [Node?] = []
    var isEmpty: Bool { first == nil && second == nil && third == nil && more.allSatisfy { $0 == nil } }
  }

  var isLeaf: Bool { backward == nil && !isReleased }

  func input(_ index: Int) -> Node? {
    switch index {
    case 0: input0
    case 1: input1
    case 2: input2
    default: moreInputs[index - 3]
    }
  }

  func forEachInput(_ body: (Node) -> Void) {
    if let input0 { body(input0) }
    if let input1 { body(input1) }
    if let input2 { body(input2) }
    for case let input? in moreInputs { body(input) }
  }

  /// Adds a share to the gradient of input `index`. The share is computed only if that input needs one.
  func send(_ share: @autoclosure () -> AnyTensor, to index: Int) {
    guard let input = input(index) else { return }
    input.accumulate(share())
  }

  /// Adds a share to the part of input `index`'s gradient that `region` cuts out. Many slices of one array fill one gradient this
  /// way, instead of a whole array of zeros for each.
  func send(_ share: AnyTensor, to index: Int, region: @escaping (AnyTensor) -> AnyTensor) {
    guard let input = input(index) else { return }
    if isRecording {
      input.accumulate(share.spread(into: input.shape, operation, region: region))
    } else {
      input.accumulate(share, in: region)
    }
  }

  /// Whether input `index` needs a gradient.
  func needs(_ index: Int) -> Bool { input(index) != nil }

  func accumulate(_ share: AnyTensor) {
    require(
      share.shape == shape && share.dtype == dtype, "backward",
      "the gradient of \(operation) is \(share.shape) \(share.dtype), its value \(shape) \(dtype)")
    guard var sum = gradient else {
      gradient = share
      return
    }
    gradient = nil  // `sum` is the only owner now, and can be added to in place
    AnyTensor.add(share, into: &sum)
    gradient = sum
  }

  private func accumulate(_ share: AnyTensor, in region: (AnyTensor) -> AnyTensor) {
    guard var sum = gradient else {
      let sum = AnyTensor(repeating: 0, shape: shape, dtype: dtype)
      copy(share, into: region(sum))
      gradient = sum
      return
    }
    gradient = nil
    if !isKnownUniquelyReferenced(&sum.storage) || !sum.isContiguous || sum.storage.isBorrowed { sum = sum.copied() }
    let part = region(sum)
    copy(part.binary(D2L_ADD, share, operation), into: part)
    gradient = sum
  }

  /// Cuts the node off from its inputs and what its function saved.
  func release() {
    guard backward != nil else { return }
    isReleased = true
    backward = nil
    input0 = nil
    input1 = nil
    input2 = nil
    moreInputs = []
  }

  deinit {
    if input0 == nil && input1 == nil && input2 == nil && moreInputs.isEmpty { return }
    // A chain of nodes that released each other would overflow the stack: nodes that nobody else holds are taken apart in a loop.
    var pending: [Node] = []
    takeOwnedInputs(into: &pending)
    while let node = pending.popLast() { node.takeOwnedInputs(into: &pending) }
  }

  /// Lets go of the inputs; those that would take inputs of their own with them go to `list`.
  private func takeOwnedInputs(into list: inout [Node]) {
    Node.take(&input0, into: &list)
    Node.take(&input1, into: &list)
    Node.take(&input2, into: &list)
    if moreInputs.isEmpty { return }
    for index in moreInputs.indices { Node.take(&moreInputs[index], into: &list) }
    moreInputs = []
  }

  @inline(__always)
  private static func take(_ input: inout Node?, into list: inout [Node]) {
    if input == nil { return }
    if isKnownUniquelyReferenced(&input), let node = input, node.hasInputs { list.append(node) }
    input = nil
  }

  private var hasInputs: Bool { input0 != nil || input1 != nil || input2 != nil || !moreInputs.isEmpty }
}
