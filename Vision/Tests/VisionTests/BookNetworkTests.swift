import D2LCore
import D2LTestSupport
import D2LVision
import D2LVisionSections
import Testing

/// The networks of the book: the shapes that it prints, the parameters that they come to, and that they can learn.
@Suite struct BookNetworkTests {
  /// The shapes behind the named stages, without the batch.
  private func shapes(_ net: any StagedNetwork, size: Int, at names: [String]) -> [Shape] {
    let outputs = net.evaluating { net.outputs(at: Set(names), for: Tensor(zeros: [1, 1, size, size])) }
    return names.map { Shape(Array(outputs[$0]?.shape ?? []).dropFirst()) }
  }

  @Test func alexNet() {
    let net = AlexNet.book()
    #expect(net.parameterCount == 46_764_746)
    let behind = ["features.0", "features.2", "features.3", "features.5", "features.10", "features.12", "flatten"]
    #expect(
      shapes(net, size: 224, at: behind) == [
        [96, 54, 54], [96, 26, 26], [256, 26, 26], [256, 12, 12], [256, 12, 12], [256, 5, 5], [6400],
      ])
    #expect(shapes(net, size: 224, at: ["classifier"]) == [[10]])
  }

  @Test func vgg() {
    #expect(VGG(bookNarrowedBy: 1).parameterCount == 128_806_154)
    let net = VGG(bookNarrowedBy: 4)
    #expect(net.parameterCount == 43_093_322)
    let pools = ["features.2", "features.5", "features.10", "features.15", "features.20", "flatten", "classifier"]
    #expect(
      shapes(net, size: 224, at: pools) == [
        [16, 112, 112], [32, 56, 56], [64, 28, 28], [128, 14, 14], [128, 7, 7], [6272], [10],
      ])
  }

  @Test func nin() {
    let net = NiN()
    #expect(net.parameterCount == 1_992_166)
    let names = (0..<8).map { "features.\($0)" } + ["avgpool", "flatten"]
    #expect(
      shapes(net, size: 224, at: names) == [
        [96, 54, 54], [96, 26, 26], [256, 26, 26], [256, 12, 12], [384, 12, 12], [384, 5, 5], [384, 5, 5], [10, 5, 5],
        [10, 1, 1], [10],
      ])
  }

  @Test func googLeNet() {
    let net = BookGoogLeNet()
    #expect(net.parameterCount == 5_977_530)
    #expect(
      shapes(net, size: 96, at: ["b1", "b2", "b3", "b4", "b5", "flatten", "fc"]) == [
        [64, 24, 24], [192, 12, 12], [480, 6, 6], [832, 3, 3], [1024, 3, 3], [1024], [10],
      ])
  }

  @Test func googLeNetHasAReLUBehindEveryConvolution() throws {
    // Negative values behind a convolution would reach the next one: the book's code lets them, behind the 3×3 one of b2.
    let net = BookGoogLeNet()
    let x: Tensor<Float> = Formula.uniform([1, 1, 96, 96], 1)
    let outputs = net.evaluating { net.outputs(at: ["b2.3", "b2.4"], for: x) }
    #expect(try #require(outputs["b2.3"]).min().item() >= 0)
    #expect(try #require(outputs["b2.4"]).min().item() >= 0)
  }

  @Test func batchNormLeNet() {
    let net = BatchNormLeNet()
    #expect(net.parameterCount == 44_878)
    #expect(shapes(net, size: 28, at: ["net.3", "net.7", "net.8"]) == [[6, 12, 12], [16, 4, 4], [256]])
    #expect(net.namedParameters().prefix(4).map(\.name) == ["0.weight", "0.bias", "1.weight", "1.bias"])
  }

  @Test func resNet() {
    let net = ResNet(.resnet18, inputs: 1, classes: 10, style: .book)
    #expect(net.parameterCount == 11_178_378)
    let names = ["maxpool", "layer1", "layer2", "layer3", "layer4", "flatten", "fc"]
    #expect(
      shapes(net, size: 224, at: names) == [
        [64, 56, 56], [64, 56, 56], [128, 28, 28], [256, 14, 14], [512, 7, 7], [512], [10],
      ])
  }

  @Test func smallResNet() {
    let net = ResNet(.resnet18, inputs: 1, classes: 10, style: .bookSmall)
    #expect(net.parameterCount == 11_175_818)
    #expect(
      shapes(net, size: 28, at: ["maxpool", "layer1", "layer2", "layer3", "layer4"]) == [
        [64, 28, 28], [64, 28, 28], [128, 14, 14], [256, 7, 7], [512, 4, 4],
      ])
  }

  @Test func denseNet() {
    let net = BookDenseNet()
    #expect(net.parameterCount == 758_226)
    #expect(
      shapes(net, size: 96, at: ["stem"] + (0..<7).map { "blocks.\($0)" } + ["flatten"]) == [
        [64, 24, 24], [192, 24, 24], [96, 12, 12], [224, 12, 12], [112, 6, 6], [240, 6, 6], [120, 3, 3], [248, 3, 3],
        [248],
      ])
    let block = BookDenseBlock(3, convolutions: 2, growth: 10)
    let x = Tensor<Float>(zeros: [4, 3, 8, 8])
    #expect(block(x).shape == [4, 23, 8, 8])
    #expect(BookDenseNet.transition(23, 10)(block(x)).shape == [4, 10, 4, 4])
  }

  @Test func denseNetEndsInTheMean() throws {
    let net = BookDenseNet()
    let x: Tensor<Float> = Formula.uniform([2, 1, 96, 96], 1)
    let outputs = net.evaluating { net.outputs(at: ["relu", "avgpool"], for: x) }
    let mean = try #require(outputs["relu"]).mean(axes: [2, 3], keepingDimensions: true)
    #expect(mismatch(try #require(outputs["avgpool"]), mean) == nil)
  }

  // MARK: Residual blocks

  @Test(arguments: [(3, 3, 1), (3, 6, 2)]) func residual(_ inputs: Int, _ outputs: Int, _ stride: Int) {
    let y = Residual(inputs, outputs, stride: stride)(Tensor(zeros: [4, inputs, 6, 6]))
    #expect(y.shape == [4, outputs, 6 / stride, 6 / stride])
  }

  /// The block written out and the library's, with the same weights: outputs in training and evaluation, and gradients.
  @Test(arguments: [("layer1", 0, 64, 64, 1), ("layer2", 0, 64, 128, 2)])
  func residualIsTheLibrarys(_ stage: String, _ index: Int, _ inputs: Int, _ outputs: Int, _ stride: Int) throws {
    let net = withRandomSeed(1) { ResNet(.resnet18, inputs: 1, classes: 10, style: .book) }
    let layers = try #require(net.stages.first { $0.name == stage }?.layer as? Sequential)
    let block = layers[index]
    let residual = Residual(inputs, outputs, stride: stride)
    let names = Dictionary(uniqueKeysWithValues: block.state.map { ($0.name, $0.array) })
    let renamed = names.map { ($0.key.replacing("downsample.0", with: "conv3"), $0.value) }
    #expect(residual.restore(Dictionary(uniqueKeysWithValues: renamed)).isEmpty)

    let x: Tensor<Float> = Formula.uniform([2, inputs, 6, 6], 2)
    let (ours, theirs) = (residual(x), block(x))
    #expect(mismatch(ours, theirs) == nil)
    (ours * ours).sum().backward()
    (theirs * theirs).sum().backward()
    let gradients = Dictionary(uniqueKeysWithValues: block.namedParameters().map { ($0.name, $0.parameter.gradient) })
    for (name, parameter) in residual.namedParameters() {
      let expected = try #require(gradients[name.replacing("conv3", with: "downsample.0")] ?? nil, "\(name)")
      let gradient = try #require(parameter.gradient, "\(name)")
      let scale = Double(abs(expected).max().item())
      #expect(mismatch(gradient, expected, relative: 1e-4, absolute: 1e-5 * scale + 1e-4) == nil, "\(name)")
    }
    #expect(mismatch(residual.evaluating { residual(x) }, block.evaluating { block(x) }) == nil)
  }

  // MARK: Learning by heart

  /// A network in a form that is trained in seconds, and the images for it.
  struct Pupil: CustomTestStringConvertible, Sendable {
    let name: String
    let size: Int
    var learningRate = 0.001
    let make: @Sendable () -> any Layer
    var testDescription: String { name }

    static let all = [
      Pupil(name: "LeNet", size: 28, learningRate: 0.005) { LeNet() },
      Pupil(name: "AlexNet", size: 67) { AlexNet.book(narrowedBy: 4, imageSize: 67) },
      Pupil(name: "VGG-11", size: 32) { VGG(bookNarrowedBy: 4, imageSize: 32, denseWidth: 256) },
      Pupil(name: "NiN", size: 67) { NiN(narrowedBy: 4) },
      Pupil(name: "GoogLeNet", size: 32) { BookGoogLeNet(narrowedBy: 4) },
      Pupil(name: "batch-norm LeNet", size: 28, learningRate: 0.01) { BatchNormLeNet() },
      Pupil(name: "batch-norm LeNet from scratch", size: 28, learningRate: 0.01) {
        BatchNormLeNet { BatchNormFromScratch($0) }
      },
      Pupil(name: "ResNet-18", size: 32) { ResNet(.resnet18, inputs: 1, classes: 10, style: .book) },
      Pupil(name: "ResNet-18 for small images", size: 16) {
        ResNet(.resnet18, inputs: 1, classes: 10, style: .bookSmall)
      },
      Pupil(name: "DenseNet", size: 32) { BookDenseNet() },
    ]
  }

  @Test(arguments: Pupil.all) func learns64ImagesByHeart(_ pupil: Pupil) {
    let images = SyntheticShapes.dataset(count: 64, seed: 1)
    let size = (pupil.size, pupil.size)
    let x = upsample(images.images.converted(to: Float.self) / 255, size: size, interpolation: .bilinear())
    RandomSource(seed: 1).scope {
      let net = pupil.make()
      net.initializeWeights(.xavierUniform())
      let optimizer = Adam(net.parameters, learningRate: pupil.learningRate)
      var accuracy = 0.0
      for step in 1...400 {
        optimizer.zeroGradients()
        crossEntropy(net(x), images.labels).backward()
        optimizer.step()
        if step % 10 == 0 {
          accuracy = net.evaluating { Double(correctCount(net(x), images.labels)) / 64 }
          if accuracy > 0.99 { break }
        }
      }
      #expect(accuracy > 0.99)
    }
  }
}
