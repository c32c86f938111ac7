import D2LCore
import D2LCoreSections
import D2LTestSupport
import Testing

/// The printed values of chapter 5.
@Suite struct Chapter05Tests {
  private let program: SectionProgram

  init() throws { program = try SectionProgram() }

  // MARK: 5.1

  @Test(arguments: [0, 1, 2]) func layersAndBlocks(seed: Int) throws {
    let shown = try program.numbers("layers-and-blocks", ["--seed", "\(seed)"])
    for name in ["Sequential", "MLP", "MySequential"] {
      #expect(shown["\(name)(x)"].count == 20)
      #expect(shown["parameters of \(name)"] == [7946])
    }
    #expect(shown["parameters of FixedHiddenMLP"] == [420])
    // NestMLP's 20-64-32-16, 16 to 20, and the block above.
    #expect(shown["parameters of chimera"] == [1344 + 2080 + 528 + 340 + 420])
    for name in ["FixedHiddenMLP(x)", "chimera(x)"] { #expect(shown[name].allSatisfy { abs($0) <= 1 }) }
  }

  @Test func threeWaysToOneNetwork() {
    let x: Tensor<Float> = Formula.uniform([2, 20], 1, from: 0, to: 1)
    func output(_ make: () -> any Layer) -> Tensor<Float> {
      let net = withRandomSeed(7, make)
      return net(x).detached()
    }
    let sequential = output {
      Sequential {
        Linear(20, 256)
        ReLU()
        Linear(256, 10)
      }
    }
    #expect(mismatch(output { MLP() }, sequential) == nil)
    #expect(mismatch(output { MySequential(Linear(20, 256), ReLU(), Linear(256, 10)) }, sequential) == nil)
    #expect(MySequential(Linear(20, 4)).namedParameters().map(\.name) == ["layers.0.weight", "layers.0.bias"])
  }

  @Test func aLayerUsedTwiceGathersBothGradients() throws {
    let net = withRandomSeed(1) { FixedHiddenMLP() }
    #expect(net.namedParameters().map(\.name) == ["linear.weight", "linear.bias"])
    let x: Tensor<Float> = Formula.uniform([2, 20], 2, from: 0, to: 1)
    net(x).backward()
    // Against differences: the bias enters before the constant and after it.
    let bias = try #require(net.parameters.last)
    let gradient = try #require(bias.gradient)
    let step: Float = 1e-2
    for place in [0, 7, 19] {
      func shifted(_ by: Float) -> Float {
        bias.value.fill(place, with: bias.value[place].item() + by)
        defer { bias.value.fill(place, with: bias.value[place].item() - by) }
        return withoutGradient { net(x).item() }
      }
      let difference = (shifted(step) - shifted(-step)) / (2 * step)
      #expect(mismatch([Double(gradient[place].item())], [Double(difference)], relative: 0.02, absolute: 1e-3) == nil)
    }
  }

  // MARK: 5.2

  @Test(arguments: [0, 1, 2]) func parameterManagement(seed: Int) throws {
    let shown = try program.numbers("parameter-management", ["--seed", "\(seed)"])
    for row in ["0.weight   [8, 4]       32", "0.bias     [8]           8", "2.weight   [1, 8]        8"] {
      #expect(shown.output.contains(row))
    }
    #expect(shown.output.contains("output.weight.gradient  →  nil\n"))
    #expect(shown["output.bias"] == shown["the parameter called 2.bias"])
    #expect(shown["0.1.0.bias"].count == 8)
    #expect(shown.output.contains("0.3.2 (Linear)"))
    #expect(shown["normal: hidden.weight[0]"].allSatisfy { $0 != 0 && abs($0) < 0.06 })
    #expect(shown["normal: hidden.bias[0]"] == [0])
    #expect(shown["constant: hidden.weight[0]"] == [1, 1, 1, 1])
    // Glorot's bound for 4 inputs and 8 outputs.
    #expect(shown["Xavier: hidden.weight[0]"].allSatisfy { abs($0) <= 0.5.squareRoot() })
    #expect(shown["42: output.weight"] == [Double](repeating: 42, count: 8))
    let custom = shown["custom: hidden.weight[0..<2]"]
    #expect(custom.allSatisfy { $0 == 0 || 5...10 ~= abs($0) })
    let changed = shown["hidden.weight[0] plus 1, its first element 42"]
    #expect(mismatch(changed, [42] + custom[1..<4].map { $0 + 1 }) == nil)
    for name in ["net[2].weight[0] .== net[4].weight[0]", "the same after net[2].weight[0, 0] = 100"] {
      #expect(shown[name] == [Double](repeating: 1, count: 8))
    }
    #expect(shown["net[4].weight[0, 0]"] == [100])
  }

  @Test(arguments: [0, 1, 2]) func initializationOfOnesOwn(seed: UInt64) {
    let draws = withRandomSeed(seed) { zeroOrFarFromZero([64, 64]) }.values
    #expect(draws.allSatisfy { $0 == 0 || 5...10 ~= abs($0) })
    // A half, a quarter and a quarter of 4096, to four standard deviations.
    #expect(abs(draws.count { $0 == 0 } - 2048) < 4 * 32)
    #expect(abs(draws.count { $0 > 0 } - 1024) < 4 * 28)
  }

  // MARK: 5.3

  @Test func deferredInitialization() throws {
    let shown = try program.numbers("deferred-initialization")
    #expect(shown["parameters before"] == [0])
    #expect(shown["shape of the output"] == [2, 10])
    #expect(shown["shape of 0.weight"] == [256, 20] && shown["shape of 0.bias"] == [256])
    #expect(shown["shape of 2.weight"] == [10, 256] && shown["shape of 2.bias"] == [10])
    #expect(shown["parameters after"] == [7946])
  }

  // MARK: 5.4

  @Test(arguments: [0, 1, 2]) func customLayers(seed: Int) throws {
    let shown = try program.numbers("custom-layers", ["--seed", "\(seed)"])
    #expect(shown["CenteredLayer()([1, 2, 3, 4, 5])"] == [-2, -1, 0, 1, 2])
    #expect(abs(shown["mean of what a network with it gives"][0]) < 1e-7)
    #expect(shown["MyLinear(5, 3).weight"].count == 15)
    #expect(shown["its output for [2, 5] numbers"].allSatisfy { $0 >= 0 })
    #expect(shown["gradient of its weight"].count == 15)
    #expect(shown["two of them, 64 to 8 to 1"].count == 2)
  }

  @Test func aLayerOfOnesOwnLearns() throws {
    let layer = withRandomSeed(2) { MyLinear(5, 3) }
    let x: Tensor<Float> = Formula.uniform([4, 5], 3)
    let y = layer(x)
    let expected = relu(linear(x, weight: layer.weight.value.transposed(), bias: layer.bias.value))
    #expect(mismatch(y.detached(), expected.detached()) == nil)
    y.sum().backward()
    let isOpen = (y.detached() .> 0).converted(to: Float.self)
    #expect(mismatch(try #require(layer.weight.gradient), x.transposed().matmul(isOpen)) == nil)
    #expect(mismatch(try #require(layer.bias.gradient), isOpen.sum(axis: 0)) == nil)
  }

  // MARK: 5.5

  @Test func fileIO() throws {
    let shown = try program.numbers("file-io")
    for name in ["x from x.npy", "x from arrays.npz"] { #expect(shown[name] == [0, 1, 2, 3]) }
    #expect(shown["y from arrays.npz"] == [0, 0, 0, 0])
    #expect(shown.output.contains("names in arrays.safetensors  →  x, y\n"))
    for name in ["mlp.safetensors", "mlp.pt"] {
      #expect(shown["outputs of a clone from \(name) .== outputs"] == [Double](repeating: 1, count: 20))
      let entries = try Weights.open(shown.folder + "/" + name).entries
      #expect(Set(entries.map(\.name)) == ["hidden.weight", "hidden.bias", "output.weight", "output.bias"])
    }
  }

  // MARK: 5.6

  @Test func devices() throws {
    let shown = try program.numbers("devices", ["--quick", "--threads", "2"])
    #expect(shown["accelerators"] == [0])
    for name in ["Device.accelerator()", "Device.accelerator(10)"] {
      #expect(shown.output.contains("\(name)  →  cpu\n"))
    }
    #expect(shown.output.contains("Device.available  →  [cpu]\n"))
    #expect(shown["threads"] == [2])
    #expect(shown["copies after z = x"] == [0])
    for name in ["copies after z += 1", "copies after another z += 1"] { #expect(shown[name] == [1]) }
    #expect(shown["x after both"] == [Double](repeating: 1, count: 6))
    #expect(shown["z"] == [Double](repeating: 3, count: 6))
    #expect(shown["Linear(3, 1) of x"].count == 2)
    // The number of threads changes no bit of a product.
    #expect(shown["largest difference between them"] == [0])
  }
}
