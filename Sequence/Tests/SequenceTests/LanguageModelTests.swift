import D2LCore
import D2LSequence
import D2LTestSupport
import Foundation
import Testing

/// A file that the scripts in Tools/Parity made.
func fixture(_ name: String, file: String = #filePath) -> String {
  URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
}

@Suite struct LanguageModelTests {
  private func model(_ kind: RecurrentKind, embedding: Int? = nil, layers: Int = 1, tied: Bool = false) -> LanguageModel
  {
    withRandomSeed(3) {
      LanguageModel(
        LanguageModelConfiguration(
          kind, vocabulary: 11, embedding: embedding, hidden: 6, layers: layers, dropout: 0.5, isTied: tied))
    }
  }

  @Test func parameterCountsOfTheBook() {
    func count(_ kind: RecurrentKind, layers: Int = 1, both: Bool = false) -> Int {
      LanguageModel(
        LanguageModelConfiguration(kind, vocabulary: 28, hidden: 256, layers: layers, isBidirectional: both)
      ).parameterCount
    }
    #expect(count(.rnn) == 80_412)
    #expect(count(.gru) == 226_844)
    #expect(count(.lstm) == 300_060)
    #expect(count(.lstm, layers: 2) == 826_396)
    #expect(count(.lstm, layers: 2, both: true) == 2_177_052)
  }

  @Test func shapesOfTheBook() {
    let model = LanguageModel(LanguageModelConfiguration(.rnn, vocabulary: 28, hidden: 256))
    let (logits, state) = model(Tensor(zeros: [32, 35]))
    #expect(logits.shape == [35, 32, 28])
    #expect(state.hidden.shape == [1, 32, 256])
  }

  @Test func tiedWeightsAreOneParameter() throws {
    let tied = model(.lstm, embedding: 6, tied: true)
    let apart = model(.lstm, embedding: 6)
    #expect(apart.parameterCount - tied.parameterCount == 11 * 6)
    let batch = SequenceBatch(
      inputs: Formula.integers([2, 5], 1, in: 0..<11), targets: Formula.integers([2, 5], 2, in: 0..<11))
    tied.eval()
    tied.loss(batch).loss.backward()
    let table = try #require(tied.namedParameters().first { $0.name == "encoder.weight" }?.parameter.gradient)
    // Rows of tokens that are not read get the output layer's share alone, which is never zero.
    #expect(table.values.allSatisfy { $0 != 0 })
  }

  /// Two halves with the state between them are the whole.
  @Test(arguments: RecurrentKind.allCases) func carriedStateIsNeverStopping(_ kind: RecurrentKind) {
    let model = model(kind, embedding: 4, layers: 2)
    let tokens = Formula.integers([3, 8], 5, in: 0..<11)
    model.evaluating {
      let whole = model(tokens)
      let first = model(tokens[.all, 0..<3])
      let second = model(tokens[.all, 3..<8], from: first.state)
      #expect(mismatch(first.logits, whole.logits[0..<3]) == nil)
      #expect(mismatch(second.logits, whole.logits[3..<8]) == nil)
      #expect(mismatch(second.state.hidden, whole.state.hidden) == nil)
      #expect((whole.state.cell == nil) == (kind != .lstm))
    }
  }

  @Test func rowsOfABatchAreIndependent() {
    let model = model(.gru, layers: 2)
    let tokens = Formula.integers([4, 6], 5, in: 0..<11)
    model.evaluating {
      let together = model(tokens).logits
      for row in 0..<4 {
        #expect(mismatch(model(tokens[row..<(row + 1)]).logits[.all, 0], together[.all, row].contiguous()) == nil)
      }
    }
  }

  // MARK: Files

  /// State dicts of PyTorch's example and of the book's models, and what PyTorch computes from them.
  @Test(arguments: ["word_lstm_tied", "word_gru", "book_rnn", "book_gru_deep", "book_bilstm"])
  func stateDictsOfPyTorch(_ name: String) throws { try check(name, "\(name).pt", Golden("language_models")) }

  /// Gluon's .params, and what MXNet 1.9.1 computes from them.
  @Test(arguments: ["gluon_rnn", "gluon_gru_deep", "gluon_bilstm", "gluon_lstm_embedding"])
  func parametersOfGluon(_ name: String) throws { try check(name, "\(name).params", Golden("gluon")) }

  @Test func namesOfGluon() {
    for (name, expected) in [
      ("rnn.l0_i2h_weight", "rnn.weight_ih_l0"), ("rnn.r1_h2h_bias", "rnn.bias_hh_l1_reverse"),
      ("l12_i2h_bias", "bias_ih_l12"), ("rnn._unfused.1.h2h_weight", "rnn.weight_hh_l1"),
      ("_unfused.0.r_cell.i2h_weight", "weight_ih_l0_reverse"), ("rnn._unfused.2.l_cell.h2h_bias", "rnn.bias_hh_l2"),
      ("dense.weight", "decoder.weight"), ("embedding.weight", "encoder.weight"),
    ] {
      #expect(LanguageModelKeys.gluon.map(name) == expected)
    }
  }

  private func check(_ name: String, _ file: String, _ golden: Golden) throws {
    let vocabulary = name.hasPrefix("word") ? 12 : 9
    let table = try TokenTable((0..<vocabulary).map { "t\($0)" })
    let loaded = try LanguageModelFile(path: fixture(file), vocabulary: table)
    let logits = loaded.model.evaluating { loaded.model(Formula.integers([2, 4], 300, in: 0..<vocabulary)).logits }
    #expect(mismatch(logits, try golden.array(name)) == nil)
    #expect(loaded.model.configuration.isTied == (name == "word_lstm_tied"))
  }

  @Test func aSavedModelIsTheSame() throws {
    let folder = try TemporaryFolder()
    let model = model(.lstm, embedding: 6, layers: 2, tied: true)
    let table = try TokenTable(["<unk>"] + "abcdefghij".map { String($0) })
    try LanguageModelFile(model, vocabulary: table, tokenization: .characters).write(
      to: folder.file("model.safetensors"))
    let loaded = try LanguageModelFile(path: folder.file("model.safetensors"))
    #expect(loaded.model.configuration == model.configuration)
    #expect(loaded.vocabulary == table)
    #expect(loaded.tokenization == .characters)
    #expect(loaded.model.parameterCount == model.parameterCount)
    let tokens = Formula.integers([1, 9], 1, in: 0..<11)
    #expect(loaded.model.evaluating { loaded.model(tokens).logits } == model.evaluating { model(tokens).logits })
  }

  @Test func vocabulariesThatDoNotGoWithTheWeights() throws {
    let path = fixture("word_gru.pt")
    let few = try TokenTable(["a", "b"])
    let mismatched = #expect(throws: SequenceError.self) { try LanguageModelFile(path: path, vocabulary: few) }
    #expect(mismatched?.description.contains("2 tokens") == true)
    #expect(mismatched?.description.contains("12") == true)
    let none = #expect(throws: SequenceError.self) { try LanguageModelFile(path: path) }
    #expect(none?.description.contains("--vocabulary") == true)
    let twice = #expect(throws: SequenceError.self) { try TokenTable(["a", "b", "a"]) }
    #expect(twice?.description.contains("\"a\" twice") == true)
    #expect(throws: SequenceError.self) { try TokenTable([]) }
  }

  @Test func weightsOfAnotherModel() throws {
    let folder = try TemporaryFolder()
    let table = try TokenTable(["a", "b"])
    try Safetensors.write(["rnn.weight_ih_l0": Tensor<Float>(zeros: [5, 3]).erased], to: folder.file("no.safetensors"))
    let error = #expect(throws: FileError.self) {
      try LanguageModelFile(path: folder.file("no.safetensors"), vocabulary: table)
    }
    #expect(error?.description.contains("rnn.weight_hh_l0") == true)
    for sizes in [
      "{}", "[]",
      "{\"kind\":\"lstm\",\"vocabulary\":2,\"hidden\":-1,\"layers\":1,\"dropout\":0,\"isBidirectional\":false,\"isTied\":false}",
      "{\"kind\":\"lstm\",\"vocabulary\":2,\"hidden\":3,\"layers\":1,\"dropout\":0,\"isBidirectional\":false,\"isTied\":true}",
    ] {
      try Safetensors.write(
        ["x": Tensor<Float>(zeros: [1]).erased],
        metadata: ["d2l.language_model": sizes, "d2l.vocabulary": "[\"a\", \"b\"]"], to: folder.file("odd.safetensors"))
      #expect(throws: FileError.self) { try LanguageModelFile(path: folder.file("odd.safetensors")) }
    }
  }
}
