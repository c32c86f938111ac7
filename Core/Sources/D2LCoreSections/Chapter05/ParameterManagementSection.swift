import ArgumentParser
import D2LCommands
import D2LCore

/// The book's own initialisation: uniform on (-10, 10), what is less than 5 from zero made zero, as it is half of the time.
package func zeroOrFarFromZero(_ shape: Shape) -> Tensor<Float> {
  let draws = Tensor<Float>(randomUniform: shape, from: -10, to: 10)
  return draws.replacing(where: abs(draws) .< 5, with: 0)
}

/// Section 5.2: parameters found, looked at, initialised, shared.
struct ParameterManagementSection: Section {
  static let info = SectionInfo(
    number: "5.2", title: "Parameter Management", package: "core", command: "parameter-management", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    run.source.scope {
      let (hidden, output) = (Linear(4, 8), Linear(8, 1))
      let net = Sequential {
        hidden
        ReLU()
        output
      }
      let x = Tensor<Float>(randomUniform: [2, 4])
      run.show("net(x)", net(x).detached())
      access(run, net, output)
      nested(run, x)
      initialize(run, net, hidden, output)
      share(run, x)
    }
    try run.finish()
  }

  private func access(_ run: ExampleRun, _ net: Sequential, _ output: Linear) {
    run.part("Parameter access")
    run.table(net.parameterTable)
    run.show("output.bias", output.bias?.value.detached() ?? Tensor(zeros: []))
    run.show("output.weight.gradient", output.weight.gradient.map { "\($0)" } ?? "nil")
    let named = Dictionary(uniqueKeysWithValues: net.namedParameters().map { ($0.name, $0.parameter) })
    if let bias = named["2.bias"] { run.show("the parameter called 2.bias", bias.value.detached()) }
  }

  private func nested(_ run: ExampleRun, _ x: Tensor<Float>) {
    run.part("Parameters of nested blocks")
    /// `[batch, 4]` to `[batch, 4]`.
    func block1() -> Sequential {
      Sequential {
        Linear(4, 8)
        ReLU()
        Linear(8, 4)
        ReLU()
      }
    }
    /// Four of them.
    func block2() -> Sequential { Sequential((0..<4).map { _ in block1() }) }
    let net = Sequential {
      block2()
      Linear(4, 1)
    }
    run.show("nested(x)", net(x).detached())
    run.show("summary", "\(summary(of: net, input: x))")
    // Block 1 of the first part, its first layer: the path is the name.
    let named = Dictionary(uniqueKeysWithValues: net.namedParameters().map { ($0.name, $0.parameter) })
    if let bias = named["0.1.0.bias"] { run.show("0.1.0.bias", bias.value.detached()) }
  }

  private func initialize(_ run: ExampleRun, _ net: Sequential, _ hidden: Linear, _ output: Linear) {
    run.part("Parameter initialization")
    net.initializeWeights(.normal(standardDeviation: 0.01), biases: .zeros)
    run.show("normal: hidden.weight[0]", hidden.weight.value[0].detached())
    run.show("normal: hidden.bias[0]", hidden.bias?.value[0].detached() ?? Tensor(zeros: []))
    net.initializeWeights(.constant(1), biases: .zeros)
    run.show("constant: hidden.weight[0]", hidden.weight.value[0].detached())
    hidden.initializeWeights(.xavierUniform())
    output.initializeWeights(.constant(42))
    run.show("Xavier: hidden.weight[0]", hidden.weight.value[0].detached())
    run.show("42: output.weight", output.weight.value.detached())

    run.part("Custom initialization")
    for layer in [hidden, output] { layer.weight.value = zeroOrFarFromZero(layer.weight.shape) }
    run.show("custom: hidden.weight[0..<2]", hidden.weight.value[0..<2].detached())
    hidden.weight.value += 1
    hidden.weight.value.fill(0, 0, with: 42)
    run.show("hidden.weight[0] plus 1, its first element 42", hidden.weight.value[0].detached())
  }

  private func share(_ run: ExampleRun, _ x: Tensor<Float>) {
    run.part("Tied parameters")
    let shared = Linear(8, 8)
    let net = Sequential {
      Linear(4, 8)
      ReLU()
      shared
      ReLU()
      shared
      ReLU()
      Linear(8, 1)
    }
    run.show("tied(x)", net(x).detached())
    run.table(net.parameterTable, caption: "The shared layer comes once, under the first of its names.")
    guard let third = net[2] as? Linear, let fifth = net[4] as? Linear else { return }
    run.show("net[2].weight[0] .== net[4].weight[0]", third.weight.value[0] .== fifth.weight.value[0])
    third.weight.value.fill(0, 0, with: 100)
    run.show("the same after net[2].weight[0, 0] = 100", third.weight.value[0] .== fifth.weight.value[0])
    run.show("net[4].weight[0, 0]", fifth.weight.value[0, 0].detached())
  }
}

extension Module {
  /// Names, shapes and sizes of the parameters.
  fileprivate var parameterTable: TextTable {
    var table = TextTable("parameter", "shape", "numbers")
    for (name, parameter) in namedParameters() {
      table.add(name, "\(parameter.shape)", grouped(parameter.shape.elementCount))
    }
    return table
  }
}
