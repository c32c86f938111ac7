import D2LCore
import D2LVision
import Testing

/// The table of models: each can be made and run as its row says.
@Suite struct VisionZooTests {
  @Test(arguments: VisionZoo.models.map(\.name)) func runsAtItsSmallestSize(_ name: String) throws {
    let model = try #require(VisionZoo.model(named: name))
    let network = model.make(classes: 7)
    let input = Tensor<Float>(zeros: Shape([1] + model.input.smallest))
    #expect(try network.run(input.erased).shape == [1, 7])
  }

  @Test func namesAreUnique() { #expect(Set(VisionZoo.models.map(\.name)).count == VisionZoo.models.count) }

  @Test func aBatchOfAnotherShapeOrTypeIsRefused() throws {
    let lenet = try #require(VisionZoo.model(named: "lenet")).make()
    for batch in [
      Tensor<Float>(zeros: [1, 28, 28]).erased, Tensor<Float>(zeros: [0, 1, 28, 28]).erased,
      Tensor<Float>(zeros: [2, 1, 28, 29]).erased, Tensor<UInt8>(zeros: [2, 1, 28, 28]).erased,
    ] {
      let error = #expect(throws: FileError.self) { try lenet.run(batch, from: "x.npy") }
      #expect(error?.file == "x.npy" && error?.problem.contains("\(batch.shape) of \(batch.dtype)") == true)
      #expect(error?.problem.contains("[batch, 1, 28, 28] of float32") == true)
    }
    let resnet = try #require(VisionZoo.model(named: "resnet18")).input
    #expect(resnet.fits([4, 3, 32, 500]) && !resnet.fits([4, 3, 31, 500]) && !resnet.fits([4, 1, 32, 32]))
  }

  /// torchvision's files spell the layers of a dense block `norm.1`; the row's source renames them.
  @Test func weightsOfThePublishedDenseNetsFit() throws {
    let row = try #require(VisionZoo.model(named: "densenet121"))
    let names = row.make(classes: 10).module.namedTensors().names
    let map = row.loading(from: "torchvision").keyMap
    for name in names {
      // The spelling of 2017: a dot before the number, inside dense layers only.
      var parts = name.split(separator: ".").map(String.init)
      if let layer = parts.firstIndex(where: { $0.hasPrefix("denselayer") }), let digit = parts[layer + 1].last {
        parts[layer + 1] = parts[layer + 1].dropLast() + "." + String(digit)
      }
      #expect(map(parts.joined(separator: ".")) == name)
    }
  }
}
