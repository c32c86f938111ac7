extension Coverage {
  /// A layer whose values and gradients a golden has.
  private static func layer(_ name: String, _ golden: String) -> Coverage {
    Coverage(kind: .layer, name: name, gradient: .goldens([golden]), values: .goldens([golden]))
  }

  /// A layer that tests of its own check.
  private static func layer(_ name: String, test: String, gradient: String? = nil) -> Coverage {
    Coverage(kind: .layer, name: name, gradient: .test(gradient ?? test), values: .test(test))
  }

  private static func loss(_ name: String, _ golden: String) -> Coverage {
    Coverage(
      kind: .loss, name: name, gradient: .test("LossParity.gradientsByDifferences"), values: .goldens([golden]))
  }

  static let layers: [Coverage] = [
    layer("ReLU", "layers/relu"), layer("Sigmoid", "layers/sigmoid"),
    layer("Tanh", "layers/tanh"), layer("LeakyReLU", "layers/leaky_relu"),
    layer("PReLU", "layers/prelu"), layer("ELU", "layers/elu"),
    layer("GELU", "layers/gelu"), layer("SiLU", "layers/silu"),
    layer("Softplus", "layers/softplus"), layer("LogSigmoid", "layers/log_sigmoid"),
    layer("Hardtanh", "layers/hardtanh"), layer("ReLU6", "layers/relu6"),
    layer("Softmax", "layers/softmax"), layer("LogSoftmax", "layers/log_softmax"),
    layer("Linear", "layers/linear"), layer("Bilinear", "layers/bilinear"),
    layer("Identity", "layers/identity"), layer("Flatten", "layers/flatten"),
    layer("Unflatten", "layers/unflatten"), layer("Conv2d", "layers/conv2d"),
    layer("SamePadding", "layers/conv2d_same"), layer("Conv1d", "layers/conv1d"),
    layer("ConvTranspose2d", "layers/conv_transpose2d"),
    layer("MaxPool2d", "layers/max_pool2d"), layer("AvgPool2d", "layers/avg_pool2d"),
    layer("MaxPool1d", "layers/max_pool1d"), layer("AvgPool1d", "layers/avg_pool1d"),
    layer("AdaptiveAvgPool2d", "layers/adaptive_avg_pool2d"),
    layer("AdaptiveAvgPool1d", "layers/adaptive_avg_pool1d"),
    layer("AdaptiveMaxPool2d", "layers/adaptive_max_pool2d"),
    layer("GlobalAvgPool2d", "layers/global_avg_pool2d"),
    layer("GlobalMaxPool2d", "layers/global_max_pool2d"),
    layer("GlobalAvgPool1d", "layers/global_avg_pool1d"),
    layer("GlobalMaxPool1d", "layers/global_max_pool1d"),
    layer("Upsample", "layers/upsample"), layer("BatchNorm", "layers/batch_norm"),
    layer("BatchNorm1d", "layers/batch_norm1d"),
    layer("BatchNorm2d", "layers/batch_norm2d"),
    layer("LayerNorm", "layers/layer_norm"), layer("GroupNorm", "layers/group_norm"),
    layer("InstanceNorm2d", "layers/instance_norm2d"),
    layer("Embedding", "layers/embedding"), layer("EmbeddingBag", "layers/embedding_bag"),
    layer("SlidingWindow", test: "SlidingWindowTests.aWindowIsWhatAnOutputDependsOn"),
    layer("WindowedLayer", test: "SlidingWindowTests.aWindowIsWhatAnOutputDependsOn"),
    layer("Dropout", test: "ModeTests.dropoutKeepsTheMeanAndScales", gradient: "ModeTests.channelDropoutDropsChannels"),
    layer("Dropout1d", test: "ModeTests.channelDropoutDropsChannels"),
    layer("Dropout2d", test: "ModeTests.channelDropoutDropsChannels"),
    layer("LazyLayer", test: "ModuleTests.lazyLayersAreMadeByTheirFirstCall"),
    layer("LazyConv1d", test: "ModuleTests.lazyLayersAreMadeByTheirFirstCall"),
    layer("LazyLinear", test: "ModuleTests.lazyLayersAreMadeByTheirFirstCall"),
    layer("LazyConv2d", test: "ModuleTests.lazyLayersAreMadeByTheirFirstCall"),
    layer("RecurrentStack", "recurrent/"),
    layer("RNN", "recurrent/rnn_"),
    layer("GRU", "recurrent/gru/"),
    layer("LSTM", "recurrent/lstm/"),
    layer("LSTMState", "recurrent/lstm/both"),
    layer("RecurrentCellLayer", "recurrent/gru/cell"),
    layer("RNNCell", "recurrent/rnn_tanh/cell"),
    layer("GRUCell", "recurrent/gru/cell"), layer("LSTMCell", "recurrent/lstm/cell"),
    layer("AttentionMask", "attention/heads/causal_lengths"),
    layer("maskedSoftmax", "attention/softmax/"),
    layer("dotProductAttention", "attention/dot/"),
    layer("DotProductAttention", "attention/dot/plain"),
    layer("AdditiveAttention", "attention/additive/"),
    layer("MultiHeadAttention", "attention/heads/"),
    layer("PositionalEncoding", "attention/positions/sines"),
    layer("LearnedPositionalEncoding", "attention/positions/learned"),
    layer("AddNorm", "attention/add_norm"),
    layer("PositionWiseFFN", "attention/position_wise"),
  ]

  static let losses: [Coverage] = [
    loss("Reduction", "losses/mse_"), loss("crossEntropy", "losses/cross_entropy_"),
    loss("meanSquaredError", "losses/mse_"), loss("meanAbsoluteError", "losses/l1_"),
    loss("smoothL1", "losses/smooth_l1_"),
    loss("huber", "losses/huber_"),
    loss("negativeLogLikelihood", "losses/nll_"),
    loss("binaryCrossEntropy", "losses/bce_"),
    loss("binaryCrossEntropyWithLogits", "losses/bce_logits_"),
    loss("klDivergence", "losses/kl_"), loss("hinge", "losses/hinge_"),
    loss("rankingHinge", "losses/ranking_hinge_"),
    loss("bayesianPersonalizedRanking", "losses/bpr_"),
    loss("cosineEmbedding", "losses/cosine_"),
    loss("sequenceCrossEntropy", "losses/sequence"),
  ]
}
