import D2LCore
import D2LSequence
import D2LTestSupport
import Foundation
import Testing

/// The whole model against PyTorch (goldens by Tools/Parity/sequence.py): packed sources, teacher forcing, masked loss, all gradients.
@Suite struct Seq2SeqParity {
  @Test(arguments: [RecurrentKind.rnn, .gru, .lstm]) func lossAndGradients(_ kind: RecurrentKind) throws {
    let golden = try Golden("seq2seq")
    let name = kind.rawValue
    let model = Seq2Seq(Seq2SeqConfiguration(kind, source: 11, target: 13, embedding: 6, hidden: 8, layers: 2))
    let keys = try #require(try golden.entry("\(name)/keys") as? [String: [Int]])
    #expect(
      keys == Dictionary(model.state.map { ($0.name, Array($0.array.shape)) }, uniquingKeysWith: { first, _ in first }))
    for (number, (_, parameter)) in model.namedParameters().sorted(by: { $0.name < $1.name }).enumerated() {
      parameter.value = Formula.uniform(parameter.shape, 10 + number, from: -0.5, to: 0.5)
    }
    let source = Formula.integers([5, 7], 300, in: 0..<11)
    let target = Formula.integers([5, 7], 301, in: 0..<13)
    let logits = model(
      source, lengths: Tensor([7, 2, 5, 1, 4]), decoderInput: Seq2Seq.shiftedRight(target, beginning: 2))
    let losses = Seq2Seq.maskedLoss(logits, target, lengths: Tensor([3, 7, 1, 6, 4]))
    #expect(try golden.mismatch(logits, with: "\(name)/logits", relative: 2e-5) == nil)
    #expect(mismatch(losses, try golden.array("\(name)/losses"), relative: 1e-5) == nil)
    losses.sum().backward()
    for (key, parameter) in model.namedParameters() {
      let gradient = try #require(parameter.gradient, "\(key)")
      #expect(try golden.mismatch(gradient, with: "\(name)/gradient \(key)", relative: 1e-4) == nil, "\(key)")
    }
  }
}

@Suite struct Seq2SeqTests {
  private let sizes = Seq2SeqConfiguration(.gru, source: 10, target: 10, embedding: 8, hidden: 16, layers: 2)

  @Test func shapesOfTheBook() {
    let model = Seq2Seq(sizes)
    let (output, state) = model.encoder(Tensor(zeros: [4, 7]))
    #expect(output.shape == [7, 4, 16])
    #expect(state.hidden.shape == [2, 4, 16])
    let (logits, _) = model.decoder(Tensor(zeros: [4, 7]), from: model.decoder.beginning(with: state))
    // The book's (4, 7, 10), time first.
    #expect(logits.shape == [7, 4, 10])
  }

  @Test func parametersOfTheBook() {
    let model = Seq2Seq(
      Seq2SeqConfiguration(.gru, source: 184, target: 201, embedding: 32, hidden: 32, layers: 2, dropout: 0.1))
    #expect(model.parameterCount == 47_369)
  }

  @Test func maskedLossOfTheBook() {
    let losses = Seq2Seq.maskedLoss(Tensor(ones: [4, 3, 10]), Tensor(ones: [3, 4]), lengths: Tensor([4, 2, 0]))
    #expect(mismatch(losses, Tensor([2.3026, 1.1513, 0]), relative: 1e-4) == nil)
  }

  /// What the book's translations score (9.7), by its n-grams of up to two words.
  @Test(arguments: [
    ("va !", "va !", 1.0), ("il est riche .", "il est calme .", 0.658),
    ("je suis riche .", "je suis chez moi .", 0.512),
    ("il est calme c'est la partie !", "il est calme .", 0.497), ("j\u{2019}ai perdu .", "j'ai perdu .", 0.687),
  ])
  func scoresOfTheBook(_ translation: String, _ expected: String, _ score: Double) {
    let words = { (text: String) in text.split(separator: " ").map { String($0) } }
    #expect(abs(bleu(words(translation), words(expected), k: 2) - score) < 5e-4)
  }

  @Test func shiftedTargets() {
    let target = Tensor<Int64>([[5, 6, 3], [7, 3, 1]])
    #expect(Seq2Seq.shiftedRight(target, beginning: 2) == Tensor([[2, 5, 6], [2, 7, 3]]))
  }

  @Test func paddingChangesNothing() {
    let model = Seq2Seq(sizes)
    model.evaluating {
      let short = Tensor<Int64>([[4, 5, 6]])
      let long = Tensor<Int64>([[4, 5, 6, 9, 9]])
      let (a, b) = (model.encoded(short), model.encoded(long, lengths: Tensor([3])))
      #expect(mismatch(a.recurrent.hidden, b.recurrent.hidden) == nil)
    }
  }

  /// Step by step with the state carried along gives the logits of teacher forcing: the context is the encoder's in both.
  @Test(arguments: RecurrentKind.allCases, [true, false])
  func decodingStepByStepIsTeacherForcing(_ kind: RecurrentKind, _ repeatsContext: Bool) {
    var sizes = sizes
    sizes.kind = kind
    sizes.repeatsContext = repeatsContext
    let model = withRandomSeed(1) { Seq2Seq(sizes) }
    let source = Formula.integers([3, 5], 1, in: 0..<10)
    let tokens = Formula.integers([3, 6], 2, in: 0..<10)
    model.evaluating {
      let whole = model(source, decoderInput: tokens)
      var state = model.encoded(source)
      for step in 0..<6 {
        let (logits, next) = model.decoder(tokens[.all, step..<(step + 1)], from: state)
        #expect(mismatch(logits[0].contiguous(), whole[step].contiguous()) == nil)
        state = next
      }
    }
  }

  @Test func learnsAGrammarItHasNotSeenAllOf() throws {
    let pairs = SyntheticTranslation.pairs(.max, seed: 1)
    #expect(Set(pairs).count == pairs.count)
    let (training, test) = (Array(pairs[..<450]), Array(pairs[450...]))
    let vocabularies = TranslationVocabularies(training)
    let dataset = TranslationDataset(training, vocabularies, steps: 10)
    #expect(dataset.tooLong == 0)
    let model = withRandomSeed(2) { () -> Seq2Seq in
      let model = Seq2Seq(
        Seq2SeqConfiguration(
          .gru, source: vocabularies.source.count, target: vocabularies.target.count, embedding: 32, hidden: 48))
      model.initializeXavier()
      return model
    }
    let optimizer = Adam(model.parameters, learningRate: 0.01)
    let trainer = Trainer(
      model, optimizer, training: DataLoader(dataset, batchSize: 32, shuffled: true, prefetch: 0), seed: 0
    ) { batch in model.outcome(batch, beginning: vocabularies.begin) }
    trainer.beforeUpdate = { clipGradients(of: optimizer.parameters, toNorm: 1) }
    let history = try trainer.fit(epochs: 25)
    #expect(try #require(history.last?.training["loss"]) < 0.1)
    let translator = Translator(model, vocabularies, steps: 10)
    let sources = test.map(\.source)
    func score(_ translations: [[String]]) -> Double {
      zip(translations, test).reduce(0) { $0 + bleu($1.0, $1.1.target, k: 2) } / Double(test.count)
    }
    let greedy = try translator.greedy(sources)
    let copied = score(sources)
    #expect(score(greedy) > 0.8)
    #expect(copied < 0.3)
    #expect(score(try translator.beam(sources, beams: 4).map { $0[0].tokens }) > 0.8)
    // A sentence alone is translated as it is in a batch, and one beam is greedy.
    #expect(try translator.greedy([sources[3]])[0] == greedy[3])
    #expect(try translator.beam(sources, beams: 1).map { $0[0].tokens } == greedy)

    let long = [String](repeating: "the", count: 10)
    let error = #expect(throws: SequenceError.self) { try translator.greedy([long]) }
    #expect(error?.description.contains("has 10 tokens; the model was made for 9") == true)
    #expect(throws: SequenceError.self) { try translator.greedy([[]]) }
  }
}
