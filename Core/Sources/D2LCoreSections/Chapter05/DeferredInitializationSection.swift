import ArgumentParser
import D2LCommands
import D2LCore

/// Section 5.3: layers that learn the size of their input from the first they see.
struct DeferredInitializationSection: Section {
  static let info = SectionInfo(
    number: "5.3", title: "Deferred Initialization", package: "core", command: "deferred-initialization", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let net = Sequential {
      LazyLinear(256)
      ReLU()
      LazyLinear(10)
    }

    run.part("Before the first input")
    run.show("parameters before", net.parameters.count)

    run.part("After an input of 20 features")
    run.source.scope {
      let y = net(Tensor(randomUniform: [2, 20]))
      run.show("shape of the output", y.shape.tensor)
    }
    for (name, parameter) in net.namedParameters() { run.show("shape of \(name)", parameter.shape.tensor) }
    run.show("parameters after", net.parameterCount)
    try run.finish()
  }
}

extension Shape {
  /// The sizes as an array of numbers, to be shown and kept as such.
  fileprivate var tensor: Tensor<Int64> { Tensor(map { Int64($0) }) }
}
