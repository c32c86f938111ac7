import ArgumentParser
import D2LCommands
import D2LCore

/// Section 5.5: arrays and models in files.
struct FileIOSection: Section {
  static let info = SectionInfo(
    number: "5.5", title: "File I/O", package: "core", command: "file-io", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let file = run.folder.file
    func array(_ path: String, _ name: String) throws -> Tensor<Float> {
      Tensor(converting: try Weights.open(path).tensor(named: name))
    }

    run.part("Loading and saving tensors")
    let x = Tensor<Float>(arange: 4)
    try Weights.write(["x": x.erased], to: file("x.npy"))
    let x2: Tensor<Float> = Tensor(converting: try Weights.open(file("x.npy")).readAll()[0].tensor)
    run.show("x from x.npy", x2)
    let y = Tensor<Float>(zeros: [4])
    try Weights.write(["x": x.erased, "y": y.erased], to: file("arrays.npz"))
    run.show("x from arrays.npz", try array(file("arrays.npz"), "x"))
    run.show("y from arrays.npz", try array(file("arrays.npz"), "y"))
    try Weights.write(["x": x.erased, "y": y.erased], to: file("arrays.safetensors"))
    let loaded = try Weights.open(file("arrays.safetensors")).readAll()
    run.show("names in arrays.safetensors", loaded.names.joined(separator: ", "))

    run.part("Loading and saving model parameters")
    let net = run.source.scope { MLP() }
    let input = run.source.scope { Tensor<Float>(randomNormal: [2, 20]) }
    let output = withoutGradient { net(input) }
    for name in ["mlp.safetensors", "mlp.pt"] {  // PyTorch reads both
      try Weights.write(net.namedTensors(), to: file(name))
      let clone = run.source.scope { MLP() }  // other weights, until it is told
      try clone.loadWeights(file(name))
      run.show("outputs of a clone from \(name) .== outputs", withoutGradient { clone(input) } .== output)
    }
    try run.finish()
  }
}
