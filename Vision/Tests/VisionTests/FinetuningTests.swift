import D2LCore
import D2LTestSupport
import D2LVision
import Foundation
import Testing

@Suite struct FinetuningTests {
  private let images: Tensor<Float> = Formula.uniform([4, 3, 32, 32], 1)
  private let labels = Tensor<Int64>([0, 1, 2, 1])

  private func steps(_ finetuning: Finetuning, count: Int = 3) {
    let optimizer = finetuning.optimizer(learningRate: 0.1)
    for _ in 0..<count {
      finetuning.model.train()
      optimizer.zeroGradients()
      finetuning.step(LabeledBatch(inputs: images, labels: labels)).loss.backward()
      optimizer.step()
    }
  }

  private func values(_ model: any Module) -> [String: [Double]] {
    Dictionary(uniqueKeysWithValues: model.state.map { ($0.name, Tensor<Double>(converting: $0.array).values) })
  }

  @Test(arguments: ["resnet18", "cifar_resnet20", "mobilenet_v2", "squeezenet1_1", "googlenet"])
  func aFrozenBodyStaysToTheBit(_ name: String) throws {
    let folder = try TemporaryFolder()
    let kind = try VisionModel.named(name)
    let source = withRandomSeed(1) { kind.make(classes: 7) }
    try Weights.write(source.namedTensors(), to: folder.file("body.safetensors"))
    let finetuning = try withRandomSeed(2) {
      try Finetuning(kind, weights: folder.file("body.safetensors"), classes: 3, body: .frozen)
    }
    let before = values(finetuning.model)
    steps(finetuning)
    let after = values(finetuning.model)
    let heads = before.keys.filter { key in kind.heads.contains { key.hasPrefix($0 + ".") } }
    for key in before.keys where !heads.contains(key) { #expect(after[key] == before[key], "\(key)") }
    let main = try #require(kind.heads.first)
    for key in heads where key.hasPrefix(main) { #expect(after[key] != before[key], "\(key)") }
  }

  @Test func aSlowBodyMovesByItsShare() throws {
    let finetuning = try withRandomSeed(2) {
      try Finetuning(.named("cifar_resnet20"), weights: nil, classes: 3, body: .slower(0.25))
    }
    let optimizer = finetuning.optimizer(learningRate: 0.1, momentum: 0, weightDecay: 0)
    #expect(optimizer.groups.map(\.learningRate) == [0.1, 0.025])
    let before = finetuning.model.namedParameters().map { ($0.name, $0.parameter.value.values) }
    finetuning.step(LabeledBatch(inputs: images, labels: labels)).loss.backward()
    let gradients = finetuning.model.parameters.map { $0.gradient?.values ?? [] }
    optimizer.step()
    for (number, parameter) in finetuning.model.parameters.enumerated() {
      let rate: Float = before[number].0.hasPrefix("linear.") ? 0.1 : 0.025
      let expected = zip(before[number].1, gradients[number]).map { $0 - rate * $1 }
      #expect(mismatch(parameter.value.flattened(), Tensor(expected)) == nil, "\(before[number].0)")
    }
  }

  @Test func descriptionsComeBack() {
    let description = FinetunedWeights(
      model: "resnet18", classNames: ["hot dog", "not \"hot\" dog"],
      preprocessing: ImagePreprocessing(shorterSide: 40, crop: 32))
    #expect(FinetunedWeights(metadata: description.metadata, classes: 2) == description)
    #expect(FinetunedWeights(metadata: description.metadata, classes: 3) == nil)
    #expect(FinetunedWeights(metadata: [:], classes: 2) == nil)
    #expect(FinetunedWeights(metadata: ["d2l.classifier": "{}"], classes: 2) == nil)
  }
}
