import D2LCore

extension Seq2Seq {
  /// The step of training on a batch: teacher forcing, the losses of the sentences summed (book 9.7). It is counted per target token, so that `loss` is what
  /// one token costs; the book divides the mean over all steps by the number of tokens and so shows a number about ten times smaller.
  public func outcome(_ batch: TranslationBatch, beginning begin: Int) -> StepOutcome {
    let logits = self(
      batch.source, lengths: batch.sourceLengths,
      decoderInput: Seq2Seq.shiftedRight(batch.target, beginning: begin))  // [steps, batch, vocabulary]
    let loss = Seq2Seq.maskedLoss(logits, batch.target, lengths: batch.targetLengths).sum()
    let total = Double(loss.item()) * Double(batch.target.shape[1])
    return StepOutcome(loss: loss, tally: Tally(count: batch.targetTokens, sums: ["loss": total]))
  }
}

/// A trained model with its vocabularies: sentences in, sentences out.
public struct Translator {
  /// A translation with what the search thinks of it.
  public struct Candidate: Sendable, Hashable {
    /// The words.
    public let tokens: [String]
    /// What it was chosen by.
    public let hypothesis: Hypothesis
  }

  private let model: Seq2Seq
  private let vocabularies: TranslationVocabularies
  private let steps: Int

  /// Translates sentences of up to `steps` tokens, `<eos>` included.
  public init(_ model: Seq2Seq, _ vocabularies: TranslationVocabularies, steps: Int) {
    require(
      model.configuration.source == vocabularies.source.count
        && model.configuration.target == vocabularies.target.count,
      "Translator",
      "vocabularies of \(vocabularies.source.count) and \(vocabularies.target.count) tokens for a model of \(model.configuration.source) and \(model.configuration.target)"
    )
    self.model = model
    self.vocabularies = vocabularies
    self.steps = steps
  }

  /// The most probable word after the other, all sentences side by side.
  public func greedy(_ sentences: [[String]]) throws(SequenceError) -> [[String]] {
    let batch = try encoded(sentences)
    return model.evaluating {
      greedySearch(
        from: model.encoded(batch.tokens, lengths: batch.lengths),
        beginningWith: sentences.map { _ in vocabularies.begin }, maximumLength: steps, end: vocabularies.end,
        step: step)
    }.map { vocabularies.target.tokens(of: $0) }
  }

  /// The best translations of each sentence, at most `beams`, the best first.
  public func beam(
    _ sentences: [[String]], beams: Int, lengthPenalty: Double = 0.75
  ) throws(SequenceError) -> [[Candidate]] {
    let batch = try encoded(sentences)
    let search = BeamSearch(
      beams: beams, maximumLength: steps, lengthPenalty: lengthPenalty, end: vocabularies.end)
    return model.evaluating {
      search(
        from: model.encoded(batch.tokens, lengths: batch.lengths),
        beginningWith: sentences.map { _ in vocabularies.begin }, step: step)
    }.map { hypotheses in
      hypotheses.map { Candidate(tokens: vocabularies.target.tokens(of: $0.tokens), hypothesis: $0) }
    }
  }

  private func step(_ tokens: Tensor<Int64>, _ state: Seq2SeqState) -> (logits: Tensor<Float>, state: Seq2SeqState) {
    let (logits, next) = model.decoder(tokens.unsqueezed(axis: 1), from: state)
    return (logits[0], next)
  }

  /// Throws a ``SequenceError`` for an empty sentence or one that is longer than the model's limit.
  private func encoded(_ sentences: [[String]]) throws(SequenceError) -> PaddedBatch {
    for sentence in sentences where sentence.isEmpty || sentence.count >= steps {
      throw SequenceError(
        sentence.isEmpty
          ? "there is an empty sentence"
          : "\"\(sentence.joined(separator: " "))\" has \(sentence.count) tokens; the model was made for \(steps - 1)",
        help: sentence.isEmpty ? "give at least one word" : "cut it into shorter sentences")
    }
    return PaddedBatch(
      sentences.map { vocabularies.source[$0] + [vocabularies.end] }, padding: vocabularies.padding, steps: steps)
  }
}
