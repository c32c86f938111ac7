/// One operation of a recorded graph, for those who describe a model.
public struct RecordedOperation: Sendable {
  /// What was computed: "conv2d", "matmul".
  public let name: String
  /// The shape of its result.
  public let outputShape: Shape
  /// The shapes of its inputs; nil for an input that carries no gradient.
  public let inputShapes: [Shape?]
  /// Which of the parameters asked for it reads, itself or rearranged.
  public let parameters: [Int]
  /// Whether it only rearranges its input.
  public let isView: Bool

  /// An operation by its parts.
  public init(name: String, outputShape: Shape, inputShapes: [Shape?], parameters: [Int], isView: Bool) {
    self.name = name
    self.outputShape = outputShape
    self.inputShapes = inputShapes
    self.parameters = parameters
    self.isView = isView
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// The recorded operations that led to this array, in the order in which they ran, and which of `parameters` each reads.
  public func recordedOperations(reading parameters: [Parameter]) -> [RecordedOperation] {
    guard let root = erased.node else { return [] }
    var positions: [ObjectIdentifier: Int] = [:]
    for (index, parameter) in parameters.enumerated() {
      if let leaf = parameter.value.erased.node { positions[ObjectIdentifier(leaf)] = index }
    }
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var nodes = [root]
    var next = 0
    while next < nodes.count {
      nodes[next].forEachInput { if seen.insert(ObjectIdentifier($0)).inserted { nodes.append($0) } }
      next += 1
    }
    nodes.sort { $0.number < $1.number }
    // A rearranged parameter counts as the parameter for the operation that reads it.
    var sources: [ObjectIdentifier: [Int]] = [:]
    var found: [RecordedOperation] = []
    for node in nodes {
      if let index = positions[ObjectIdentifier(node)] { sources[ObjectIdentifier(node)] = [index] }
      if node.isLeaf { continue }
      let inputs = [node.input0, node.input1, node.input2] + node.moreInputs
      let read = inputs.compactMap { $0 }.flatMap { sources[ObjectIdentifier($0)] ?? [] }
      let name = "\(node.operation)"
      let isView = ["reshape", "transpose", "slice", "expand", "converted"].contains(name)
      if isView { sources[ObjectIdentifier(node)] = read }
      let last = inputs.lastIndex { $0 != nil } ?? -1
      found.append(
        RecordedOperation(
          name: name, outputShape: node.shape, inputShapes: inputs[...last].map { $0?.shape },
          parameters: isView ? [] : read, isView: isView))
    }
    return found
  }
}
