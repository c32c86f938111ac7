import D2LTestSupport
import Foundation
import Testing

/// How each public layer and loss is checked: the golden cases that it is in (by prefix), and tests of other kinds.
struct LayerCoverage {
  let name: String
  /// `file/case`, a prefix of golden entries.
  var golden: String?
  /// The test that checks it, or checks more of it.
  var test: String?

  static let layers: [LayerCoverage] = [
    .init(name: "ReLU", golden: "layers/relu"), .init(name: "Sigmoid", golden: "layers/sigmoid"),
    .init(name: "Tanh", golden: "layers/tanh"), .init(name: "LeakyReLU", golden: "layers/leaky_relu"),
    .init(name: "PReLU", golden: "layers/prelu"), .init(name: "ELU", golden: "layers/elu"),
    .init(name: "GELU", golden: "layers/gelu"), .init(name: "SiLU", golden: "layers/silu"),
    .init(name: "Softplus", golden: "layers/softplus"), .init(name: "LogSigmoid", golden: "layers/log_sigmoid"),
    .init(name: "Hardtanh", golden: "layers/hardtanh"), .init(name: "ReLU6", golden: "layers/relu6"),
    .init(name: "Softmax", golden: "layers/softmax"), .init(name: "LogSoftmax", golden: "layers/log_softmax"),
    .init(name: "Linear", golden: "layers/linear"), .init(name: "Bilinear", golden: "layers/bilinear"),
    .init(name: "Identity", golden: "layers/identity"), .init(name: "Flatten", golden: "layers/flatten"),
    .init(name: "Unflatten", golden: "layers/unflatten"), .init(name: "Conv2d", golden: "layers/conv2d"),
    .init(name: "SamePadding", golden: "layers/conv2d_same"), .init(name: "Conv1d", golden: "layers/conv1d"),
    .init(name: "ConvTranspose2d", golden: "layers/conv_transpose2d"),
    .init(name: "MaxPool2d", golden: "layers/max_pool2d"), .init(name: "AvgPool2d", golden: "layers/avg_pool2d"),
    .init(name: "MaxPool1d", golden: "layers/max_pool1d"), .init(name: "AvgPool1d", golden: "layers/avg_pool1d"),
    .init(name: "AdaptiveAvgPool2d", golden: "layers/adaptive_avg_pool2d"),
    .init(name: "AdaptiveAvgPool1d", golden: "layers/adaptive_avg_pool1d"),
    .init(name: "AdaptiveMaxPool2d", golden: "layers/adaptive_max_pool2d"),
    .init(name: "GlobalAvgPool2d", golden: "layers/global_avg_pool2d"),
    .init(name: "GlobalMaxPool2d", golden: "layers/global_max_pool2d"),
    .init(name: "GlobalAvgPool1d", golden: "layers/global_avg_pool1d"),
    .init(name: "GlobalMaxPool1d", golden: "layers/global_max_pool1d"),
    .init(name: "Upsample", golden: "layers/upsample"), .init(name: "BatchNorm", golden: "layers/batch_norm"),
    .init(name: "BatchNorm1d", golden: "layers/batch_norm1d"),
    .init(name: "BatchNorm2d", golden: "layers/batch_norm2d"),
    .init(name: "LayerNorm", golden: "layers/layer_norm"), .init(name: "GroupNorm", golden: "layers/group_norm"),
    .init(name: "InstanceNorm2d", golden: "layers/instance_norm2d"),
    .init(name: "Embedding", golden: "layers/embedding"), .init(name: "EmbeddingBag", golden: "layers/embedding_bag"),
    .init(name: "Dropout", test: "ModeTests"), .init(name: "Dropout1d", test: "ModeTests"),
    .init(name: "Dropout2d", test: "ModeTests"), .init(name: "LazyLinear", test: "ModuleTests"),
    .init(name: "LazyConv2d", test: "ModuleTests"),
    .init(name: "RecurrentStack", golden: "recurrent/", test: "RecurrentGradients"),
    .init(name: "RNN", golden: "recurrent/rnn_", test: "RecurrentGradients"),
    .init(name: "GRU", golden: "recurrent/gru/", test: "RecurrentGradients"),
    .init(name: "LSTM", golden: "recurrent/lstm/", test: "RecurrentGradients"),
    .init(name: "LSTMState", golden: "recurrent/lstm/both"),
    .init(name: "RecurrentCellLayer", golden: "recurrent/gru/cell"),
    .init(name: "RNNCell", golden: "recurrent/rnn_tanh/cell"),
    .init(name: "GRUCell", golden: "recurrent/gru/cell"), .init(name: "LSTMCell", golden: "recurrent/lstm/cell"),
    .init(name: "AttentionMask", golden: "attention/heads/causal_lengths"),
    .init(name: "maskedSoftmax", golden: "attention/softmax/", test: "AttentionParity"),
    .init(name: "dotProductAttention", golden: "attention/dot/"),
    .init(name: "DotProductAttention", golden: "attention/dot/plain"),
    .init(name: "AdditiveAttention", golden: "attention/additive/"),
    .init(name: "MultiHeadAttention", golden: "attention/heads/", test: "AttentionParity"),
    .init(name: "PositionalEncoding", golden: "attention/positions/sines"),
    .init(name: "LearnedPositionalEncoding", golden: "attention/positions/learned"),
    .init(name: "AddNorm", golden: "attention/add_norm"),
    .init(name: "PositionWiseFFN", golden: "attention/position_wise"),
  ]

  static let losses: [LayerCoverage] = [
    .init(name: "Reduction", golden: "losses/mse_"), .init(name: "crossEntropy", golden: "losses/cross_entropy_"),
    .init(name: "meanSquaredError", golden: "losses/mse_"), .init(name: "meanAbsoluteError", golden: "losses/l1_"),
    .init(name: "smoothL1", golden: "losses/smooth_l1_", test: "LossParity"),
    .init(name: "huber", golden: "losses/huber_", test: "LossParity"),
    .init(name: "negativeLogLikelihood", golden: "losses/nll_", test: "LossParity"),
    .init(name: "binaryCrossEntropy", golden: "losses/bce_", test: "LossParity"),
    .init(name: "binaryCrossEntropyWithLogits", golden: "losses/bce_logits_", test: "LossParity"),
    .init(name: "klDivergence", golden: "losses/kl_"), .init(name: "hinge", golden: "losses/hinge_"),
    .init(name: "rankingHinge", golden: "losses/ranking_hinge_"),
    .init(name: "bayesianPersonalizedRanking", golden: "losses/bpr_", test: "LossParity"),
    .init(name: "cosineEmbedding", golden: "losses/cosine_", test: "LossParity"),
    .init(name: "sequenceCrossEntropy", golden: "losses/sequence"),
  ]

  static let all = layers + losses
}

@Suite struct LayerCoverageTests {
  /// Folders whose public declarations are layers or losses.
  private static let folders = ["Layers", "Recurrent", "Attention", "Losses"]

  @Test func nothingPublicIsMissing() throws {
    let declared = try LayerCoverageTests.declared()
    let listed = Set(LayerCoverage.all.map(\.name))
    #expect(declared.count > 60)
    #expect(declared.subtracting(listed).sorted() == [], "public, but not in the list")
    #expect(listed.subtracting(declared).sorted() == [], "in the list, but not public any more")
  }

  @Test func everyCheckExists() throws {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let sources = try FileManager.default.contentsOfDirectory(at: here, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    for entry in LayerCoverage.all {
      #expect(entry.golden != nil || entry.test != nil, "\(entry.name) is not checked")
      if let test = entry.test { #expect(sources.contains("struct \(test)"), "\(entry.name): no suite \(test)") }
      if let path = entry.golden {
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let names = try Golden(parts[0]).names
        #expect(names.contains { $0.hasPrefix(parts[1]) }, "\(entry.name): no golden \(path)")
      }
    }
  }

  /// Top-level public types and functions of the folders.
  private static func declared() throws -> Set<String> {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "../../Sources/D2LLayers")
    var found: Set<String> = []
    for folder in folders {
      let files = try FileManager.default.contentsOfDirectory(
        at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
      for file in files where file.pathExtension == "swift" {
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
          if let match = line.prefixMatch(of: /public (?:final )?(?:class|struct|enum|protocol|func) (\w+)/) {
            found.insert(String(match.1))
          }
        }
      }
    }
    return found
  }
}
