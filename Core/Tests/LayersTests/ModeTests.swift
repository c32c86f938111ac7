import D2LLayers
import D2LTensor
import D2LTestSupport
import Testing

@Suite struct ModeTests {
  @Test func dropoutIsIdentityInEvaluation() {
    let x: Tensor<Float> = Formula.uniform([3, 4, 5], 1)
    let images = x.reshaped([3, 4, 5, 1])
    let model = Sequential {
      Dropout(0.9)
    }
    model.eval()
    #expect(model(x) == x)
    let (one, two) = (Dropout1d(0.9), Dropout2d(0.9))
    one.eval()
    two.eval()
    #expect(one(x) == x && two(images) == images)
    #expect(Dropout(0)(x) == x)
  }

  @Test func dropoutKeepsTheMeanAndScales() {
    let values = withRandomSeed(7) { Dropout(0.3)(Tensor(ones: [20_000])) }.values
    let kept = values.filter { $0 != 0 }
    #expect(kept.allSatisfy { abs($0 - 1 / 0.7) < 1e-6 })
    #expect(13_600...14_400 ~= kept.count)
    #expect(withRandomSeed(7) { Dropout(1)(Tensor(ones: [5])) }.values == [0, 0, 0, 0, 0])
  }

  /// Channels go as a whole, and the gradient passes where the value did.
  @Test func channelDropoutDropsChannels() {
    let x = Tensor<Float>(ones: [8, 50, 6]).requiringGradient()
    let y = withRandomSeed(1) { Dropout1d(0.5)(x) }
    let rows = y.reshaped([400, 6])
    #expect(rows == rows[.all, 0..<1].expanded(to: [400, 6]))
    #expect(150...250 ~= (rows[.all, 0] .== 0).countTrue().item())
    y.sum().backward()
    #expect(x.gradient == y.detached())
    let images = withRandomSeed(2) { Dropout2d(0.5)(Tensor(ones: [4, 30, 2, 3])) }.reshaped([120, 6])
    #expect(images == images[.all, 0..<1].expanded(to: [120, 6]))
    #expect(Set(images.values) == [0, 2])
  }

  /// One step of the running averages by hand: 0.9 · old + 0.1 · new, the variance over n - 1.
  @Test func batchNormTracksItsBatches() {
    let norm = BatchNorm1d(1)
    _ = norm(Tensor<Float>([[1], [2], [6]]))
    #expect(mismatch(norm.runningMean?.value ?? Tensor(0), Tensor([0.3])) == nil)
    #expect(mismatch(norm.runningVariance?.value ?? Tensor(0), Tensor([0.9 + 0.1 * 7])) == nil)
    #expect(norm.trackedBatches?.value.item() == 1)
    let before = norm.runningMean?.value
    norm.eval()
    _ = norm(Tensor<Float>([[5], [7]]))
    #expect(norm.runningMean?.value == before && norm.trackedBatches?.value.item() == 1)
    #expect(mismatch(norm(Tensor<Float>([[0.3]])), Tensor([[0]])) == nil, "a batch of one is fine in evaluation")
  }

  @Test func batchNormWithoutMomentumAverages() {
    let norm = BatchNorm1d(1, momentum: nil)
    for mean in [1, 2, 6] as [Float] { _ = norm(Tensor([[mean - 1], [mean + 1]])) }
    #expect(mismatch(norm.runningMean?.value ?? Tensor(0), Tensor([3])) == nil)
  }

  @Test func oneValuePerChannelCannotBeNormalised() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BatchNorm2d(3)(Tensor(ones: [1, 3, 1, 1]))
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("BatchNorm2d") && text.contains("[1, 3, 1, 1]"))
  }

  /// A batch of one gives what its row gives in a larger batch, in evaluation.
  @Test func rowsAreIndependentInEvaluation() {
    let model = withRandomSeed(1) {
      Sequential {
        Conv2d(2, 6, kernel: 3, padding: .same)
        BatchNorm2d(6)
        ReLU()
        GlobalAvgPool2d()
        Linear(6, 3)
      }
    }
    let x: Tensor<Float> = Formula.uniform([4, 2, 5, 5], 1)
    _ = model(x)
    model.eval()
    #expect(mismatch(model(x)[2..<3], model(x[2..<3])) == nil)
  }

  /// Fused or not, the three say the same (sums of up to 180 products that cancel are off by as many roundings of the largest); with a tape, or in
  /// training, they are not fused and all learn.
  @Test(arguments: [(8, 6, 1, 1), (20, 24, 3, 1), (6, 9, 5, 2), (6, 6, 3, 1)])
  func convolutionsTakeInTheNormalisationBehindThem(inputs: Int, outputs: Int, kernel: Int, stride: Int) throws {
    let x: Tensor<Float> = Formula.uniform([3, inputs, 13, 12], 1)
    let groups = inputs == outputs ? inputs : 1
    for hasBias in [true, false] {
      let convolution = Conv2d(
        inputs, outputs, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups, bias: hasBias)
      let norm = BatchNorm2d(outputs)
      for (stream, parameter) in (convolution.parameters + norm.parameters).enumerated() {
        parameter.value = Formula.uniform(parameter.shape, stream + 2)
      }
      let model = Sequential([convolution, norm, Tanh()])
      let trained = model(x)
      #expect(norm.trackedBatches?.value.item() == 1)
      #expect(mismatch(trained.detached(), tanh(norm(convolution(x))).detached()) == nil)
      trained.sum().backward()
      #expect(model.parameters.allSatisfy { $0.gradient != nil })
      model.eval()
      let unfused = tanh(norm(convolution(x)))
      #expect(unfused.values.contains { abs($0) > 0.1 })
      #expect(mismatch(withoutGradient { model(x) }, unfused.detached(), absolute: 1e-5) == nil)
      #expect(mismatch(model(x).detached(), unfused.detached()) == nil)
      let pair = Sequential([convolution, norm])
      pair.eval()
      #expect(mismatch(withoutGradient { pair(x) }, norm(convolution(x)).detached(), absolute: 1e-5) == nil)
    }
  }
}
