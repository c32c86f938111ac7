import D2LLayers
import D2LTensor
import D2LTestSupport
import Testing

/// Every layer against PyTorch 2.13: outputs, all gradients, buffers, names (goldens by Tools/Parity/layers.py).
@Suite struct LayerParity {
  @Test(arguments: cases) func agrees(_ one: ParityCase) throws { try one.check(Golden("layers")) }

  @Test(arguments: cases) func differences(_ one: ParityCase) throws { try one.checkDifferences(Golden("layers")) }

  @Test func everyGoldenIsUsed() throws {
    let stored = Set(
      try Golden("layers").names.compactMap { $0.split(whereSeparator: "~/".contains).first.map(String.init) })
    #expect(stored == Set(LayerParity.cases.map(\.name)))
  }

  static let cases: [ParityCase] =
    activations + linearMaps + convolutions + pooling + upsampling + normalization + tables

  static let activations: [ParityCase] = [
    .layer("relu") { ReLU() },
    .layer("sigmoid") { Sigmoid() },
    .layer("tanh") { Tanh() },
    .layer("leaky_relu") { LeakyReLU(0.2) },
    .layer("prelu") { PReLU() },
    .layer("prelu_channels") { PReLU(channels: 4) },
    .layer("elu") { ELU(alpha: 1.3) },
    .layer("gelu") { GELU() },
    .layer("gelu_tanh") { GELU(approximate: true) },
    .layer("silu") { SiLU() },
    .layer("softplus") { Softplus() },
    .layer("softplus_beta") { Softplus(beta: 2.5) },
    .layer("log_sigmoid") { LogSigmoid() },
    .layer("hardtanh") { Hardtanh(low: -0.5, high: 2) },
    .layer("relu6") { ReLU6() },
    .layer("softmax") { Softmax() },
    .layer("softmax_channels") { Softmax(axis: 1) },
    .layer("log_softmax") { LogSoftmax() },
  ]

  static let linearMaps: [ParityCase] = [
    .layer("linear") { Linear(5, 3) },
    .layer("linear_no_bias") { Linear(5, 3, bias: false) },
    .module("bilinear") {
      Bilinear(3, 4, 5)
    } _: {
      [$0($1[0].real, $1[1].real)]
    },
    .module("bilinear_deep") {
      Bilinear(3, 4, 2, bias: false)
    } _: {
      [$0($1[0].real, $1[1].real)]
    },
    .layer("identity") { Identity() },
    .layer("flatten") { Flatten() },
    .layer("unflatten") { Unflatten([3, -1]) },
  ]

  static let convolutions: [ParityCase] = [
    .layer("conv2d") { Conv2d(3, 4, kernel: 3) },
    .layer("conv2d_strided") {
      Conv2d(4, 6, kernel: (3, 2), stride: (2, 1), padding: (1, 2), dilation: (1, 2), groups: 2)
    },
    .layer("conv2d_depthwise") { Conv2d(4, 4, kernel: 3, padding: 1, groups: 4, bias: false) },
    .layer("conv2d_same") { Conv2d(3, 2, kernel: 3, padding: .same) },
    .layer("conv2d_same_even") { Conv2d(2, 3, kernel: (4, 2), padding: .same) },
    .layer("conv2d_same_dilated") { Conv2d(2, 3, kernel: 2, padding: .same, dilation: 3) },
    .layer("conv1d") { Conv1d(3, 4, kernel: 3) },
    .layer("conv1d_strided") { Conv1d(4, 2, kernel: 2, stride: 2, padding: 1, dilation: 2, groups: 2) },
    .layer("conv1d_same_even") { Conv1d(2, 3, kernel: 4, padding: .same, bias: false) },
    .layer("conv_transpose2d") { ConvTranspose2d(3, 2, kernel: 4, stride: 2, padding: 1) },
    .layer("conv_transpose2d_groups") {
      ConvTranspose2d(
        4, 6, kernel: (3, 2), stride: (2, 3), padding: (1, 0), outputPadding: (1, 2), dilation: (2, 1), groups: 2)
    },
    .layer("conv_transpose2d_no_bias") { ConvTranspose2d(5, 3, kernel: 4, bias: false) },
  ]

  static let pooling: [ParityCase] = [
    .layer("max_pool2d") { MaxPool2d(3, stride: 2, padding: 1) },
    .layer("max_pool2d_ceil") { MaxPool2d((2, 3), roundingUp: true) },
    .layer("avg_pool2d") { AvgPool2d(2) },
    .layer("avg_pool2d_padded") { AvgPool2d(3, stride: 2, padding: 1, countingPadding: false) },
    .layer("avg_pool2d_ceil") { AvgPool2d(3, stride: 2, padding: 1, roundingUp: true) },
    .layer("max_pool1d") { MaxPool1d(3, stride: 2, padding: 1) },
    .layer("avg_pool1d") { AvgPool1d(2) },
    .layer("adaptive_avg_pool2d") { AdaptiveAvgPool2d((3, 2)) },
    .layer("adaptive_avg_pool1d") { AdaptiveAvgPool1d(3) },
    .layer("adaptive_max_pool2d") { AdaptiveMaxPool2d((3, 2)) },
    .layer("adaptive_max_pool2d_even") { AdaptiveMaxPool2d(2) },
    .layer("global_avg_pool2d") { GlobalAvgPool2d() },
    .layer("global_max_pool2d") { GlobalMaxPool2d() },
    .layer("global_avg_pool1d") { GlobalAvgPool1d() },
    .layer("global_max_pool1d") { GlobalMaxPool1d() },
  ]

  static let upsampling: [ParityCase] = [
    .layer("upsample_nearest") { Upsample(scale: 2) },
    .layer("upsample_nearest_size") { Upsample(size: (5, 7)) },
    .layer("upsample_bilinear") { Upsample(scale: 2, .bilinear()) },
    .layer("upsample_bilinear_ratio") { Upsample(scale: 1.7, .bilinear()) },
    .layer("upsample_bilinear_down") { Upsample(size: (2, 3), .bilinear()) },
    .layer("upsample_bilinear_aligned") { Upsample(size: (7, 5), .bilinear(alignCorners: true)) },
  ]

  static let normalization: [ParityCase] = [
    .layer("batch_norm2d") { BatchNorm2d(3) },
    .layer("batch_norm2d_plain") { BatchNorm2d(3, momentum: nil, epsilon: 1e-3, affine: false) },
    .layer("batch_norm2d_untracked") { BatchNorm2d(2, tracksStatistics: false) },
    .layer("batch_norm1d") { BatchNorm1d(5, momentum: 0.3) },
    .layer("batch_norm1d_length") { BatchNorm1d(3) },
    .layer("layer_norm") { LayerNorm(6) },
    .layer("layer_norm_deep") { LayerNorm([3, 4], epsilon: 1e-3) },
    .layer("layer_norm_no_bias") { LayerNorm(6, bias: false) },
    .layer("layer_norm_plain") { LayerNorm(6, affine: false) },
    .layer("group_norm") { GroupNorm(groups: 2, 6) },
    .layer("group_norm_plain") { GroupNorm(groups: 3, 6, affine: false) },
    .layer("instance_norm2d") { InstanceNorm2d(3) },
    .layer("instance_norm2d_affine") { InstanceNorm2d(3, affine: true) },
  ]

  static let tables: [ParityCase] = {
    let reductions: [(String, BagReduction)] = [("sum", .sum), ("mean", .mean), ("max", .max)]
    let bags = reductions.flatMap { name, reduction in
      [
        ParityCase.module("embedding_bag_\(name)") {
          EmbeddingBag(6, 3, reduction: reduction)
        } _: {
          [$0($1[0].ids)]
        },
        .module("embedding_bag_\(name)_padding") {
          EmbeddingBag(6, 3, reduction: reduction, padding: 2)
        } _: {
          [$0($1[0].ids)]
        },
        .module("embedding_bag_\(name)_offsets") {
          EmbeddingBag(6, 3, reduction: reduction)
        } _: {
          [$0($1[0].ids, starts: $1[1].ids)]
        },
      ]
    }
    return bags + [
      .module("embedding_bag_weighted") {
        EmbeddingBag(6, 3, reduction: .sum)
      } _: {
        [$0($1[0].ids, factors: $1[1].real)]
      },
      .module("embedding") {
        Embedding(7, 3)
      } _: {
        [$0($1[0].ids)]
      },
      .module("embedding_padding", fixedRow: 1) {
        Embedding(5, 2, padding: 1)
      } _: {
        [$0($1[0].ids)]
      },
    ]
  }()
}
