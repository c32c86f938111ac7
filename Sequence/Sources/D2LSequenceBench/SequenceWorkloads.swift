import D2LBench
import D2LCore
import D2LSequence

/// The workloads whose models are Sequence's: shapes, batches and step sizes of the contract.
public enum SequenceWorkloads {
  /// All of them, in the contract's order.
  public static let all: [Workload] = [
    characters("rnn", .rnn, learningRate: 1), characters("gru", .gru, learningRate: 1),
    characters("lstm", .lstm, learningRate: 1), characters("lstm_2layer", .lstm, layers: 2, learningRate: 2),
    translation,
  ]

  /// 32 texts of 35 tokens of 28, from a zero state; clipped to a norm of 1; plain descent.
  private static func characters(
    _ name: String, _ kind: RecurrentKind, layers: Int = 1, learningRate: Double
  ) -> Workload {
    Workload(name, batch: 32, items: 32 * 35, unit: "tokens/s") { mode in
      let model = LanguageModel(LanguageModelConfiguration(kind, vocabulary: 28, hidden: 256, layers: layers))
      let tokens = Tensor<Int64>(randomIntegers: [32, 35], in: 0..<28)
      let targets = Tensor<Int64>(randomIntegers: [32, 35], in: 0..<28).transposed().reshaped([35 * 32])
      return Workload.supervised(
        mode, model, forward: { $0(tokens).logits.reshaped([35 * 32, 28]) }, loss: { crossEntropy($0, targets) },
        optimizer: SGD(model.parameters, learningRate: learningRate),
        beforeUpdate: { clipGradients(of: $0, toNorm: 1) })
    }
  }

  /// 64 pairs of 10 tokens of 200, valid lengths from half to all; teacher forcing, masked loss summed over the batch, Adam.
  private static let translation = Workload("seq2seq_gru", batch: 64, items: 640, unit: "tokens/s") { mode in
    let (batch, steps, vocabulary) = (64, 10, 200)
    let model = Seq2Seq(
      Seq2SeqConfiguration(
        .gru, source: vocabulary, target: vocabulary, embedding: 32, hidden: 32, layers: 2, dropout: 0.1))
    model.initializeXavier()
    let source = Tensor<Int64>(randomIntegers: [batch, steps], in: 0..<Int64(vocabulary))
    let target = Tensor<Int64>(randomIntegers: [batch, steps], in: 0..<Int64(vocabulary))
    let lengths = Tensor<Int64>(randomIntegers: [batch], in: Int64(steps / 2)..<Int64(steps + 1))
    return Workload.supervised(
      mode, model,
      forward: { model in
        model(source, decoderInput: Seq2Seq.shiftedRight(target, beginning: 1))  // [steps, batch, vocabulary]
      },
      loss: { logits in Seq2Seq.maskedLoss(logits, target, lengths: lengths).sum() },
      optimizer: Adam(model.parameters, learningRate: 0.005), beforeUpdate: { clipGradients(of: $0, toNorm: 1) })
  }
}
