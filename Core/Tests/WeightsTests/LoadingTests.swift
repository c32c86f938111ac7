import D2LFiles
import D2LLayers
import D2LTensor
import D2LWeights
import Foundation
import Testing

private final class Block: Module {
  let weight: Parameter
  let bias: Parameter
  let steps = Buffer(Tensor<Int64>(0))

  init(_ size: Int) {
    weight = Parameter(Tensor(zeros: [size, 2]))
    bias = Parameter(Tensor(zeros: [size]))
  }
}

private final class Net: Module {
  let features = [Block(3), Block(4)]
  let fc = Block(5)
  let tied: Parameter

  init() { tied = fc.weight }
}

@Suite struct LoadingTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Weights for Net with every element 1, as changed by `change`.
  private func file(
    _ name: String = "w.safetensors", _ change: (inout NamedTensors) -> Void = { _ in }
  ) throws -> String {
    var tensors = NamedTensors()
    for (key, tensor) in Net().namedTensors() {
      tensors[key] = AnyTensor(repeating: 1, shape: tensor.shape, dtype: tensor.dtype)
    }
    change(&tensors)
    try Weights.write(tensors, to: scratch / name)
    return scratch / name
  }

  private func sum(_ net: Net) -> Double { net.namedTensors().reduce(0) { $0 + doubles($1.tensor).reduce(0, +) } }

  private func loadError(_ body: () throws -> Any) throws -> LoadError {
    do { _ = try body() } catch let error as LoadError { return error }
    throw FileError(file: "", problem: "no LoadError")
  }

  @Test func everyParameterAndBufferIsLoaded() throws {
    let net = Net()
    let report = try net.loadWeights(file())
    #expect(report.isComplete && report.conversions.isEmpty)
    #expect(report.loaded.count == 9)
    for (name, tensor) in net.namedTensors() { #expect(doubles(tensor).allSatisfy { $0 == 1 }, "\(name)") }
  }

  @Test func aTiedParameterMayComeUnderEitherName() throws {
    for name in ["tied", "fc.weight"] {
      let net = Net()
      try net.loadWeights(file { $0[name] = nil })
      #expect(net.tied.value.values.allSatisfy { $0 == 1 })
    }
  }

  @Test func everythingThatDoesNotFitIsToldAtOnceAndNothingIsChanged() throws {
    let net = Net()
    let path = try file { tensors in
      tensors["features.0.wieght"] = tensors["features.0.weight"]
      tensors["features.0.weight"] = nil
      tensors["features.1.bias"] = Tensor<Float>(zeros: [7]).erased
      tensors["fc.steps"] = Tensor<Float>(0).erased
      tensors["surplus"] = Tensor<Float>(0).erased
    }
    let error = try loadError { try net.loadWeights(path) }
    let report = error.report
    #expect(report.missing.map(\.name) == ["features.0.weight"])
    #expect(report.missing.map(\.nearest) == ["features.0.wieght"])
    #expect(Set(report.unexpected.map(\.name)) == ["features.0.wieght", "surplus"])
    #expect(report.mismatched.map(\.name) == ["features.1.bias", "fc.steps"])
    #expect(report.mismatched.map(\.inFile) == ["[7] of float32", "[] of float32"])
    #expect(report.mismatched.map(\.inModel) == ["[4] of float32", "[] of int64"])
    #expect(sum(net) == 0)
    let text = "\(error)"
    for part in ["features.0.wieght", "[7]", "[4]", "surplus", "unchanged", "strict: false"] {
      #expect(text.contains(part), "\(part) is not in \(text)")
    }
    // Shapes must agree even then.
    #expect(try loadError { try net.loadWeights(path, LoadOptions(strict: false)) }.report.mismatched.count == 2)
    #expect(sum(net) == 0)
  }

  @Test func aPrefixThatAllNamesHaveIsSeen() throws {
    var tensors = NamedTensors()
    for (key, tensor) in Net().namedTensors() { tensors["backbone." + key] = tensor }
    try Weights.write(tensors, to: scratch / "p.safetensors")
    let error = try loadError { try Net().loadWeights(scratch / "p.safetensors") }
    #expect(error.report.missing.allSatisfy { $0.nearest == "backbone." + $0.name })
    #expect("\(error)".contains("take \"backbone.\" off the names"))
    let report = try Net().loadWeights(scratch / "p.safetensors", LoadOptions(strippingPrefixes: ["backbone."]))
    #expect(report.isComplete)
  }

  @Test func notStrictLoadsWhatIsThere() throws {
    let net = Net()
    let path = try file { tensors in
      tensors["features.0.weight"] = nil
      tensors["surplus"] = Tensor<Float>(0).erased
    }
    let report = try net.loadWeights(path, LoadOptions(strict: false))
    #expect(report.missing.map(\.name) == ["features.0.weight"] && report.unexpected.map(\.name) == ["surplus"])
    #expect(net.features[0].weight.value.values.allSatisfy { $0 == 0 })
    #expect(net.features[1].weight.value.values.allSatisfy { $0 == 1 })
  }

  @Test func theHeadCanBeReplaced() throws {
    let net = Net()
    let path = try file { tensors in
      tensors["fc.weight"] = Tensor<Float>(zeros: [1000, 2]).erased
      tensors["tied"] = nil
      tensors["fc.bias"] = Tensor<Float>(zeros: [1000]).erased
    }
    #expect(throws: LoadError.self) { try net.loadWeights(path) }
    let report = try net.loadWeights(path, LoadOptions(except: ["fc", "tied"]))
    #expect(report.isComplete && report.excluded == ["fc.weight", "fc.bias", "fc.steps"])
    #expect(net.fc.bias.value.values.allSatisfy { $0 == 0 })
    let other = Net()
    #expect(try other.loadWeights(path, LoadOptions(only: ["features.*.weight"])).loaded.count == 2)
    #expect(other.features[0].bias.value.values.allSatisfy { $0 == 0 })
  }

  @Test func namesAreStrippedAndMapped() throws {
    var tensors = NamedTensors()
    for (key, tensor) in Net().namedTensors() where key != "tied" {
      let name = key.replacingOccurrences(of: "features.", with: "layer").replacingOccurrences(of: "fc.bias", with: "b")
      tensors["module." + name] = AnyTensor(repeating: 1, shape: tensor.shape, dtype: tensor.dtype)
    }
    tensors["module.classes"] = Tensor<Float>(0).erased
    try Weights.write(tensors, to: scratch / "m.pt")
    let map: KeyMap = [.pattern("layer*.*", "features.*.*"), .exact("b", "fc.bias"), .drop("cl*")]
    let report = try Net().loadWeights(scratch / "m.pt", LoadOptions(keyMap: map))
    #expect(report.isComplete && report.loaded.count == 9)
    let clash = fileError {
      try Net().loadWeights(scratch / "m.pt", LoadOptions(keyMap: [.prefix("layer0", "x"), .prefix("layer1", "x")]))
    }
    #expect(clash.problem.contains("layer0.") && clash.problem.contains("layer1."), "\(clash)")
  }

  @Test func keyMapsReplaceWhatWildcardsStandFor() {
    let map: KeyMap = [
      .prefix("backbone.", ""), .pattern("**.conv*.weight", "**.convs.*.kernel"), .exact("a", "b"), .drop("**.counter"),
    ]
    #expect(map("backbone.x.y.conv2.weight") == "x.y.convs.2.kernel")
    #expect(map("a") == "b")
    #expect(map("a.b.counter") == nil)
    #expect(map("conv2.weight") == "conv2.weight")
    #expect(KeyMap([.pattern("*.w", "*.v")])("a.b.w") == "a.b.w")
  }

  @Test func conversionsAreSaid() throws {
    let path = try file("d.safetensors") { tensors in
      tensors["fc.bias"] = Tensor<Double>([0.5, 1, 2, 3, 4]).erased
      tensors["fc.steps"] = Tensor<Int32>(7).erased
    }
    let net = Net()
    let report = try net.loadWeights(path)
    #expect(report.conversions.map(\.name) == ["fc.bias", "fc.steps"])
    #expect("\(report)".contains("float64 to float32"))
    #expect(net.fc.bias.value.values == [0.5, 1, 2, 3, 4] && net.fc.steps.value.item() == 7)
  }

  @Test func countersOfOldFilesMayBeMissing() throws {
    let path = try file { $0["fc.steps"] = nil }
    #expect(throws: LoadError.self) { try Net().loadWeights(path) }
    let report = try Net().loadWeights(path, LoadOptions(optional: ["**.steps"]))
    #expect(report.tolerated == ["fc.steps"])
  }

  @Test func theModelOfACheckpointIsFound() throws {
    let file = try Weights.open(fixture("nested-zip.pt"))
    #expect(file.containers.contains("state_dict"))
    #expect(file.stateDict().names == ["fc.weight", "fc.bias"])
    #expect(try file.subtree("optimizer.state.0").names == ["step", "exp_avg"])
    #expect(fileError { try file.subtree("nothing") }.help?.contains("optimizer, state_dict") == true)
    // A layer that is called "model" is no container.
    try Weights.write(["model.w": Tensor<Float>(0).erased, "head.w": Tensor<Float>(0).erased], to: scratch / "x.pt")
    #expect(try Weights.open(scratch / "x.pt").stateDict().names == ["model.w", "head.w"])
  }
}
