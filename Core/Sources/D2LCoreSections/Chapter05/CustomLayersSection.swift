import ArgumentParser
import D2LCommands
import D2LCore

/// A layer without parameters: takes the mean from its input.
package final class CenteredLayer: Layer {
  package init() {}

  package func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x - x.mean() }
}

/// A layer with parameters of its own: relu(x W + b), weight `[inputs, units]` and bias `[units]` from N(0, 1).
///
/// The book's PyTorch code computes with detached copies, so that nothing is ever learned; here gradients arrive.
package final class MyLinear: Layer {
  package let weight: Parameter
  package let bias: Parameter

  /// A layer of the given sizes, from the current random source.
  package init(_ inputs: Int, _ units: Int) {
    weight = Parameter([inputs, units], .normal())
    bias = Parameter([units], .normal())
  }

  package func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { relu(x.matmul(weight.value) + bias.value) }
}

/// Section 5.4: layers of one's own.
struct CustomLayersSection: Section {
  static let info = SectionInfo(
    number: "5.4", title: "Custom Layers", package: "core", command: "custom-layers", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    run.source.scope {
      run.part("Layers without parameters")
      run.show("CenteredLayer()([1, 2, 3, 4, 5])", CenteredLayer()(Tensor([1, 2, 3, 4, 5])))
      let net = Sequential {
        Linear(8, 128)
        CenteredLayer()
      }
      let mean = net(Tensor(randomUniform: [4, 8])).mean().item()
      run.show("mean of what a network with it gives", Double(mean), decimals: 12)

      run.part("Layers with parameters")
      let linear = MyLinear(5, 3)
      run.show("MyLinear(5, 3).weight", linear.weight.value.detached())
      let y = linear(Tensor(randomUniform: [2, 5]))
      run.show("its output for [2, 5] numbers", y.detached())
      y.sum().backward()
      run.show("gradient of its weight", linear.weight.gradient ?? Tensor(zeros: []))
      let stack = Sequential([MyLinear(64, 8), MyLinear(8, 1)])
      run.show("two of them, 64 to 8 to 1", stack(Tensor(randomUniform: [2, 64])).detached())
    }
    try run.finish()
  }
}
