import D2LCore

/// The small residual networks for 32×32 images in section 4.2 of He et al. (2015): a 3×3 convolution, three stages of `blocks` pairs with 16, 32
/// and 64 channels, an average over the image, one dense layer. 6 blocks + 2 layers: depths 20, 32, 44, 56, 110.
///
/// Shortcuts have no parameters ("option A"): where the size halves, every second pixel is taken and new channels are zero.
public final class CIFARResNet: StagedNetwork {
  let conv1: Conv2d
  let bn1: BatchNorm2d
  let layer1, layer2, layer3: Sequential
  let linear: Linear

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [
      ("conv1", conv1), ("bn1", bn1), ("relu", ReLU()), ("layer1", layer1), ("layer2", layer2), ("layer3", layer3),
      ("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("linear", linear),
    ]
  }

  /// The depths of the paper.
  public static let depths = [20, 32, 44, 56, 110]

  /// A network of the given depth, 6n + 2.
  public init(depth: Int, inputs: Int = 3, classes: Int = 10) {
    require(depth > 2 && (depth - 2) % 6 == 0, "CIFARResNet", "a depth of \(depth), which is not 6n + 2")
    let blocks = (depth - 2) / 6
    conv1 = Conv2d(inputs, 16, kernel: 3, padding: 1, bias: false)
    bn1 = BatchNorm2d(16)
    func stage(_ inputs: Int, _ width: Int) -> Sequential {
      Sequential(
        (0..<blocks).map { index in
          Block(index == 0 ? inputs : width, width, stride: index == 0 && inputs != width ? 2 : 1)
        })
    }
    layer1 = stage(16, 16)
    layer2 = stage(16, 32)
    layer3 = stage(32, 64)
    linear = Linear(64, classes)
    initializeWeights(.kaimingNormal(fan: .output), of: Conv2d.self)
  }

  private final class Block: PathedLayer {
    let conv1: Conv2d
    let bn1: BatchNorm2d
    let conv2: Conv2d
    let bn2: BatchNorm2d
    private let stride, added: Int

    var paths: [[any Layer]] { [[conv1, conv2]] }

    init(_ inputs: Int, _ width: Int, stride: Int) {
      conv1 = Conv2d(inputs, width, kernel: 3, stride: stride, padding: 1, bias: false)
      bn1 = BatchNorm2d(width)
      conv2 = Conv2d(width, width, kernel: 3, padding: 1, bias: false)
      bn2 = BatchNorm2d(width)
      self.stride = stride
      added = width - inputs
    }

    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
      let inner = conv1(x, normalizedBy: bn1, activation: .relu)
      return relu(conv2(inner, normalizedBy: bn2) + shortcut(x))
    }

    private func shortcut(_ x: Tensor<Float>) -> Tensor<Float> {
      if stride == 1 && added == 0 { return x }
      let small = x[.all, .all, .every(stride), .every(stride)]
      return small.padded([(0, 0), (added / 2, added - added / 2), (0, 0), (0, 0)], with: 0)
    }
  }
}
