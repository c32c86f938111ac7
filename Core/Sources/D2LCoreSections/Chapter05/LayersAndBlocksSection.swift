import ArgumentParser
import D2LCommands
import D2LCore

/// Section 5.1: layers put together to blocks, and blocks to networks. The blocks stand in `BookBlocks.swift`.
struct LayersAndBlocksSection: Section {
  static let info = SectionInfo(
    number: "5.1", title: "Layers and Blocks", package: "core", command: "layers-and-blocks", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let x = run.source.scope { Tensor<Float>(randomUniform: [2, 20]) }
    /// Makes a network and shows what it gives for x.
    func show(_ name: String, _ make: () -> any Layer) {
      let net = run.source.scope(make)
      run.show("\(name)(x)", net(x).detached())
      run.show("parameters of \(name)", net.parameterCount)
    }

    run.part("A perceptron with one hidden layer")
    show("Sequential") {
      Sequential {
        Linear(20, 256)
        ReLU()
        Linear(256, 10)
      }
    }
    run.part("A custom block")
    show("MLP") { MLP() }
    run.part("The sequential block")
    show("MySequential") { MySequential(Linear(20, 256), ReLU(), Linear(256, 10)) }
    run.part("Executing code in the forward pass")
    show("FixedHiddenMLP") { FixedHiddenMLP() }
    run.part("Blocks within blocks")
    show("chimera") { Sequential([NestMLP(), Linear(16, 20), FixedHiddenMLP()]) }
    try run.finish()
  }
}
