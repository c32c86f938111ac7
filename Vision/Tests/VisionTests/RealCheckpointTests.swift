import D2LCore
import D2LTestSupport
import D2LVision
import Foundation
import Testing

private let needsData: Comment = "D2L_DATA is not set to a folder of data sets: nothing real to test on"

/// Networks that others trained, as ten lines over our layers: their real accuracy on the 10,000 test images of MNIST, to within two images.
@Suite(.enabled(if: realData != nil, needsData)) struct RealCheckpoints {
  private let folder = realData?.path ?? ""

  private func images() throws -> (pixels: Tensor<Float>, labels: [Int64]) {
    let test = try ImageDataset(
      idxImages: folder + "/mnist/t10k-images-idx3-ubyte.gz", labels: folder + "/mnist/t10k-labels-idx1-ubyte.gz",
      classNames: MNIST.classNames)
    return (test.images.converted(to: Float.self) / 255, test.labels.values)
  }

  /// How many images a network gets right, in batches of 500.
  private func rightAnswers(
    _ network: any Layer, prepare: (Tensor<Float>) -> Tensor<Float>
  ) throws -> Int {
    let (pixels, labels) = try images()
    return network.evaluating {
      stride(from: 0, to: labels.count, by: 500).reduce(0) { right, start in
        let scores = network(prepare(pixels[start..<start + 500]))
        let guesses = scores.argmax(axis: 1).values
        return right + zip(guesses, labels[start..<start + 500]).count { $0 == $1 }
      }
    }
  }

  /// LeNet-5 with ReLU and maximum pooling, on digits resized to 32×32: an old-style file of PyTorch.
  @Test func leNetOfOldTorch() throws {
    let network = Sequential {
      Conv2d(1, 6, kernel: 5)
      ReLU()
      MaxPool2d(2)
      Conv2d(6, 16, kernel: 5)
      ReLU()
      MaxPool2d(2)
      Conv2d(16, 120, kernel: 5)
      ReLU()
      Flatten()
      Linear(120, 84)
      ReLU()
      Linear(84, 10)
    }
    let names: KeyMap = [
      .prefix("convnet.c1.", "0."), .prefix("convnet.c3.", "3."), .prefix("convnet.c5.", "6."),
      .prefix("fc.f6.", "9."), .prefix("fc.f7.", "11."),
    ]
    try network.loadWeights(
      folder + "/weights/torch-legacy/lenet_epoch=12_test_acc=0.991.pth", LoadOptions(keyMap: names))
    let right = try rightAnswers(network) { upsample($0, size: (32, 32), interpolation: .bilinear()) }
    #expect(abs(right - 9907) <= 2, "\(right) of 10,000")
  }

  /// The network of Burn's example of importing weights.
  private final class BurnNetwork: Layer {
    let conv1 = Conv2d(1, 8, kernel: 3)
    let conv2 = Conv2d(8, 16, kernel: 3)
    let conv3 = Conv2d(16, 24, kernel: 3)
    let norm1 = BatchNorm2d(24)
    let fc1 = Linear(11_616, 32)
    let fc2 = Linear(32, 10)
    let norm2 = BatchNorm1d(10)

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
      let features = norm1(relu(conv3(relu(conv2(relu(conv1(x)))))))  // [batch, 24, 22, 22]
      return norm2(fc2(relu(fc1(features.flattened(from: 1)))))
    }
  }

  @Test(arguments: [("torch-zip/burn_mnist.pt", 9915), ("safetensors/burn_mnist.safetensors", 9917)])
  func burnsNetwork(_ file: String, _ expected: Int) throws {
    let network = BurnNetwork()
    try network.loadWeights(folder + "/weights/" + file)
    let right = try rightAnswers(network) { ($0 - 0.1307) / 0.3081 }
    #expect(abs(right - expected) <= 2, "\(right) of 10,000")
  }
}
