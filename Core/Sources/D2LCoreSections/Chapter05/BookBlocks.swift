import D2LCore

// The blocks that section 5.1 builds: classes that hold layers and say how an input passes them.

/// A perceptron with one hidden layer, written as a class: `[batch, 20]` to `[batch, 10]`.
package final class MLP: Layer {
  let hidden = Linear(20, 256)
  let output = Linear(256, 10)

  /// Weights from the current random source.
  package init() {}

  package func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { output(relu(hidden(x))) }
}

/// What `Sequential` is at heart: layers in a list, each given what the one before it returned.
package final class MySequential: Layer {
  let layers: [any Layer]

  /// The given layers in order.
  package init(_ layers: any Layer...) { self.layers = layers }

  package func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    var x = x
    for layer in layers { x = layer(x) }
    return x
  }
}

/// A block that does more than chain layers: a constant that is not learned, a layer used twice, a loop. `[batch, 20]` to one number.
package final class FixedHiddenMLP: Layer {
  private let constant = Tensor<Float>(randomUniform: [20, 20])
  let linear = Linear(20, 20)

  /// Weights and constant from the current random source.
  package init() {}

  package func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    var x = linear(x)
    x = relu(x.matmul(constant) + 1)
    x = linear(x)  // the same parameters again
    while abs(x).sum().item() > 1 { x = x / 2 }
    return x.sum()
  }
}

/// A block that holds a block: `[batch, 20]` to `[batch, 16]`.
package final class NestMLP: Layer {
  let net = Sequential {
    Linear(20, 64)
    ReLU()
    Linear(64, 32)
    ReLU()
  }
  let linear = Linear(32, 16)

  /// Weights from the current random source.
  package init() {}

  package func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { linear(net(x)) }
}
