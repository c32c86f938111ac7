import D2LCore
import D2LTestSupport
import D2LVision
import Testing

@Suite struct LeNetParity {
  /// The weights that Tools/Parity/lenet.py gives PyTorch's network.
  private func formulaLeNet() -> LeNet {
    let net = LeNet()
    for (stream, parameter) in net.parameters.enumerated() {
      let fan = parameter.shape.count > 1 ? parameter.shape.dropFirst().reduce(1, *) : 16
      let bound = (3 / Double(fan)).squareRoot()
      parameter.value = Formula.uniform(parameter.shape, stream, from: -bound, to: bound)
    }
    return net
  }

  private let x: Tensor<Float> = Formula.uniform([8, 1, 28, 28], 100, from: 0, to: 1)
  private let y = Formula.integers([8], 101, in: 0..<10)

  @Test func forwardLossAndAllGradients() throws {
    let golden = try Golden("lenet")
    let net = formulaLeNet()
    let logits = net(x)
    let loss = crossEntropy(logits, y)
    loss.backward()
    #expect(mismatch(logits, try golden.array("logits")) == nil)
    #expect(mismatch([Double(loss.item())], [try golden.number("loss")]) == nil)
    for (name, parameter) in net.namedParameters() {
      let gradient = try #require(parameter.gradient, "\(name) has no gradient")
      #expect(try golden.mismatch(gradient, with: "gradient \(name)") == nil, "\(name)")
    }
  }

  @Test func fiveStepsOfSGD() throws {
    let golden = try Golden("lenet")
    let net = formulaLeNet()
    let optimizer = SGD(net.parameters, learningRate: 0.9)
    var losses: [Float] = []
    for _ in 0..<5 {
      optimizer.zeroGradients()
      let loss = crossEntropy(net(x), y)
      loss.backward()
      optimizer.step()
      losses.append(loss.item())
    }
    #expect(mismatch(Tensor(losses), try golden.array("losses")) == nil)
    for (name, parameter) in net.namedParameters() {
      #expect(try golden.mismatch(parameter.value, with: "trained \(name)") == nil, "\(name)")
    }
  }

  @Test func shapesAndParametersOfTheBook() {
    let net = LeNet()
    #expect(net.parameterCount == 61_706)
    let shapes = net.layers.outputs(Tensor(zeros: [1, 1, 28, 28])).map(\.shape)
    #expect(shapes[0] == [1, 6, 28, 28])
    #expect(shapes[2] == [1, 6, 14, 14])
    #expect(shapes[3] == [1, 16, 10, 10])
    #expect(shapes[5] == [1, 16, 5, 5])
    #expect(shapes[6] == [1, 400])
    #expect(shapes[11] == [1, 10])
    #expect(net.namedParameters().map(\.name).first == "0.weight")
  }

  @Test func aStepCopiesNoTensor() {
    let net = formulaLeNet()
    let optimizer = SGD(net.parameters, learningRate: 0.1, momentum: 0.9)
    func step() {
      optimizer.zeroGradients()
      crossEntropy(net(x), y).backward()
      optimizer.step()
    }
    step()
    let before = TensorStatistics.copiesOnWrite
    for _ in 0..<3 { step() }
    #expect(TensorStatistics.copiesOnWrite == before)
  }
}
