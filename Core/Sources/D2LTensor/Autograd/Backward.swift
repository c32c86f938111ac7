import Synchronization

private let passes = Atomic<UInt64>(1)

extension AnyTensor {
  /// Sends `gradient` back through the recorded operations that led to this array.
  ///
  /// - Parameters:
  ///   - retainingGraph: keeps the graph for another pass; otherwise it is released as the pass goes.
  ///   - createGraph: records the pass itself, for second derivatives.
  func runBackward(gradient: AnyTensor, retainingGraph: Bool, createGraph: Bool) {
    guard let root = node else {
      fail("backward", "the array \(shape) came from no recorded operation on anything that requires a gradient")
    }
    let order = root.reachableInReverseOrder()
    if !createGraph { root.accumulate(gradient.detached()) } else { root.accumulate(gradient) }
    let walk = {
      for node in order {
        guard let backward = node.backward, let gradient = node.gradient else { continue }
        profiled(.backward, node.operation) { backward(gradient, node) }
        if !node.keepsGradient { node.gradient = nil }
        if !retainingGraph && !createGraph { node.release() }
      }
    }
    if createGraph { withGradient(walk) } else { withoutGradient(walk) }
  }
}

extension Node {
  /// The node and all that it depends on, each before its inputs. Fails if a part of the graph was released.
  fileprivate func reachableInReverseOrder() -> [Node] {
    let pass = passes.wrappingAdd(1, ordering: .relaxed).oldValue
    var found: [Node] = [self]
    self.pass = pass
    var next = 0
    while next < found.count {
      let node = found[next]
      next += 1
      require(
        !node.isReleased, "backward",
        "the graph of \(node.operation) was released by an earlier backward pass; pass retainingGraph: true to that one"
      )
      node.forEachInput { input in
        if input.pass != pass {
          input.pass = pass
          found.append(input)
        }
      }
    }
    found.sort { $0.number > $1.number }
    return found
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// A leaf with the same values: gradients of what is computed from it can be had with ``gradient``.
  public func requiringGradient() -> Tensor {
    var result = erased.detached()
    result.node = Node(leafOfShape: shape, dtype: Scalar.dtype)
    return Tensor(result)
  }

  /// Whether operations on this array are recorded.
  public var requiresGradient: Bool { erased.node != nil }

  /// What ``backward(retainingGraph:createGraph:)`` has gathered for this leaf so far; nil if nothing has reached it.
  public var gradient: Tensor? { erased.node?.gradient.map { Tensor($0) } }

  /// Forgets the gathered gradient.
  public func zeroGradient() { erased.node?.gradient = nil }

  /// The same values cut off from the recorded operations that led to them.
  public func detached() -> Tensor { Tensor(erased.detached()) }

  /// Gathers the gradient of this single number in every leaf that it depends on.
  ///
  /// The recorded operations are released on the way unless `retainingGraph`. With `createGraph` the pass is itself recorded, so that
  /// gradients can be differentiated again. Operations whose backward pass is one fused kernel refuse that with a message:
  /// convolutions, pooling, batch normalisation in training, layer normalisation, cross-entropy, recurrent layers, embeddings,
  /// upsampling, products, the tanh form of gelu, QR, singular and eigenvalues, the pseudoinverse, and
  /// writing through a subscript of ranges.
  public func backward(retainingGraph: Bool = false, createGraph: Bool = false) {
    require(
      erased.count == 1, "backward", "the array is \(shape), not a single number; reduce it or pass backward(gradient:)"
    )
    let one = AnyTensor(repeating: 1, shape: shape, dtype: Scalar.dtype)
    erased.runBackward(gradient: one, retainingGraph: retainingGraph, createGraph: createGraph)
  }

  /// The same for an array of any shape, weighted with `gradient` (of this array's shape).
  public func backward(gradient: Tensor, retainingGraph: Bool = false, createGraph: Bool = false) {
    require(gradient.shape == shape, "backward", "the array is \(shape), the gradient given \(gradient.shape)")
    erased.runBackward(gradient: gradient.erased, retainingGraph: retainingGraph, createGraph: createGraph)
  }
}

/// The gradients of `output` (summed, if it is not a single number) with respect to `inputs`: leaves, or results of recorded operations.
///
/// Gradients that leaves gathered in earlier passes are neither read nor changed.
public func gradients<Scalar: FloatingScalar>(
  of output: Tensor<Scalar>, withRespectTo inputs: [Tensor<Scalar>], retainingGraph: Bool = false,
  createGraph: Bool = false
) -> [Tensor<Scalar>] {
  let nodes = inputs.map { input in
    guard let node = input.erased.node else {
      fail("gradients", "an input of shape \(input.shape) requires no gradient; make it with requiringGradient()")
    }
    return node
  }
  let earlier = output.erased.leaves().map { ($0, $0.gradient) }
  for (leaf, _) in earlier { leaf.gradient = nil }
  let kept = nodes.map(\.keepsGradient)
  for node in nodes { node.keepsGradient = true }
  let seed = AnyTensor(repeating: 1, shape: output.shape, dtype: Scalar.dtype)
  output.erased.runBackward(gradient: seed, retainingGraph: retainingGraph, createGraph: createGraph)
  let result = nodes.map { node in
    Tensor<Scalar>(node.gradient ?? AnyTensor(repeating: 0, shape: node.shape, dtype: node.dtype))
  }
  for (node, kept) in zip(nodes, kept) where !kept {
    node.keepsGradient = false
    node.gradient = nil
  }
  for (leaf, gradient) in earlier { leaf.gradient = gradient }
  return result
}

extension AnyTensor {
  fileprivate func leaves() -> [Node] {
    guard let node else { return [] }
    return node.reachableInReverseOrder().filter(\.isLeaf)
  }
}
