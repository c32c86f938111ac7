import D2LCore
import D2LSequence
import D2LTestSupport
import Foundation
import Testing

/// `d2l-sequence` as its users run it: what it shows and leaves behind, and what it says when something is wrong.
@Suite struct CommandLineTests {
  private let program: Program
  private let folder: TemporaryFolder

  init() throws {
    program = try Program("d2l-sequence")
    folder = try TemporaryFolder()
  }

  private func run(
    _ arguments: String..., variables: [String: String] = ["D2L_DATA": ""], interruptAfter: String? = nil
  ) throws -> Program.Outcome {
    try program.run(arguments, variables: variables, in: folder.path, interruptAfter: interruptAfter)
  }

  private func summary(_ outcome: Program.Outcome) throws -> [String: Any] {
    #expect(outcome.status == 0, "\(outcome.errors)")
    let line = try #require(outcome.output.split(separator: "\n").last)
    return try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: folder.file(path))) }

  private func expectFiles(_ names: String...) {
    for name in names { #expect(FileManager.default.fileExists(atPath: folder.file(name)), "\(name)") }
  }

  // MARK: Sections that learn

  /// On text that was not learned from, each beats what knowing the frequencies comes to.
  @Test(arguments: [
    ("rnn-scratch", 0.75), ("rnn", 0.75), ("gru-scratch", 0.75), ("gru", 0.75), ("lstm-scratch", 0.85), ("lstm", 0.75),
    ("deep-lstm", 0.95), ("bidirectional", 0.7),
  ])
  func characterModels(_ command: String, _ share: Double) throws {
    let numbers = try summary(run(command, "--quick", "--json", "--out", "run"))
    let test = try #require(numbers["test_perplexity"] as? Double)
    let baseline = try #require(numbers["unigram_perplexity"] as? Double)
    #expect(test < share * baseline, "\(test), frequencies alone \(baseline)")
    #expect(numbers["data"] as? String == "synthetic")
    expectFiles("run/report.html", "run/loss.svg", "run/perplexity.svg", "run/model.safetensors", "run/metrics.csv")
  }

  @Test func wordsBeatTheirFrequencies() throws {
    let numbers = try summary(run("ptb", "--quick", "--json", "--out", "run"))
    let test = try #require(numbers["test_perplexity"] as? Double)
    let baseline = try #require(numbers["unigram_perplexity"] as? Double)
    #expect(test < 0.5 * baseline, "\(test), frequencies alone \(baseline)")
    expectFiles("run/perplexity.svg", "run/best.safetensors")
    let text = try run(
      "generate", "--weights", "run/model.safetensors", "--prefix", "the old", "--count", "12", "--temperature", "0.8",
      "--top-k", "20", "--seed", "3")
    #expect(text.status == 0, "\(text.errors)")
    #expect(text.output.hasPrefix("the old "))
    #expect(text.output.split(separator: " ").count == 14)
  }

  @Test func translationBeatsCopying() throws {
    let numbers = try summary(run("seq2seq", "--quick", "--json", "--out", "run"))
    let copied = try #require(numbers["bleu_copy"] as? Double)
    for search in ["bleu_greedy", "bleu_beam"] {
      #expect(try #require(numbers[search] as? Double) > copied + 0.5, "\(search), copying \(copied)")
    }
    #expect(try #require(numbers["train_loss"] as? Double) < 0.3)
  }

  @Test func randomWindowsAreRandom() throws {
    let through = try summary(run("rnn", "--quick", "--epochs", "2", "--json", "--out", "a"))
    let random = try summary(run("rnn", "--quick", "--epochs", "2", "--random", "--json", "--out", "b"))
    #expect(through["train_loss"] as? Double != random["train_loss"] as? Double)
  }

  // MARK: Sections that show

  @Test(arguments: [
    ("sine", ["signal.svg", "predictions.svg", "k-steps.svg"]), ("text-preprocessing", []), ("n-grams", ["zipf.svg"]),
    ("recurrence", []), ("bptt", ["truncation.svg", "reach.svg"]), ("translation-data", ["lengths.svg"]),
    ("encoder-decoder", []), ("beam-search", []),
  ])
  func examples(_ command: String, _ plots: [String]) throws {
    let numbers = try summary(run(command, "--quick", "--json", "--out", "run"))
    #expect(numbers["seed"] as? Int == 0)
    for name in plots + ["report.html"] { expectFiles("run/\(name)") }
  }

  @Test func sineIsForetoldBetterThanBySayingNothingChanges() throws {
    let numbers = try summary(run("sine", "--json", "--out", "run"))
    let held = try #require(numbers["squared error of the numbers not learned from"] as? Double)
    let unchanged = try #require(numbers["the same of saying that nothing changes"] as? Double)
    #expect(held < 0.9 * unchanged)
    let ahead = try #require(numbers["squared error 1, 4, 16 and 64 steps ahead"] as? [Double])
    #expect(ahead[3] > 3 * ahead[0])
    #expect(numbers["shape of the k-step predictions"] == nil)
  }

  /// The tape's gradient is the formula's; each further step loses less, and all of them nothing.
  @Test func truncatedGradientsApproachTheFullOne() throws {
    let numbers = try summary(run("bptt", "--quick", "--json", "--out", "run"))
    #expect(try #require(numbers["largest difference from the tape's"] as? Double) < 1e-12)
    let errors = try [1, 2, 4, 8, 16, 32, 64].map {
      try #require(numbers["relative error of \($0) steps"] as? Double)
    }
    #expect(errors[0] > 0.1 && errors[4] < 0.1 * errors[0])
    #expect(errors[6] == 0)
  }

  @Test func theBooksBeamExample() throws {
    let numbers = try summary(run("beam-search", "--quick", "--json", "--out", "run"))
    #expect(abs(try #require(numbers["its probability"] as? Double) - 0.048) < 1e-9)
    #expect(abs(try #require(numbers["probability of the best of all, penalty 0.75"] as? Double) - 0.054) < 1e-5)
    #expect(numbers["BLEU, 1 beams"] as? Double == numbers["BLEU, greedy"] as? Double)
  }

  // MARK: Seeds and resuming

  @Test func equalSeedsGiveEqualBytesAndOthersDoNot() throws {
    for (out, seed) in [("a", "5"), ("b", "5"), ("c", "6")] {
      #expect(try run("gru", "--quick", "--hidden", "16", "--epochs", "2", "--seed", seed, "--out", out).status == 0)
      #expect(try run("seq2seq", "--quick", "--epochs", "2", "--seed", seed, "--out", "s" + out).status == 0)
    }
    for prefix in ["", "s"] {
      let files = try ["a", "b", "c"].map { try bytes("\(prefix)\($0)/model.safetensors") }
      #expect(files[0] == files[1])
      #expect(files[0] != files[2])
    }
  }

  @Test(arguments: [["lstm", "--hidden", "64"], ["seq2seq"], ["ptb", "--patience", "99"]])
  func resumingIsNeverStopping(_ command: [String]) throws {
    let arguments = command + ["--quick", "--epochs", "25"]
    #expect(try program.run(arguments + ["--out", "whole"], variables: ["D2L_DATA": ""], in: folder.path).status == 0)
    let stopped = try program.run(
      arguments + ["--out", "torn"], variables: ["D2L_DATA": ""], in: folder.path, interruptAfter: "epoch  1/25")
    #expect(stopped.status == 130, "\(stopped.errors)")
    let resumed = try program.run(
      arguments + ["--resume", "torn"], variables: ["D2L_DATA": ""], in: folder.path)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try bytes("whole/model.safetensors") == bytes("torn/model.safetensors"))
  }

  // MARK: Wrong command lines, texts and weights

  @Test(arguments: [
    (["rnn", "--hidden", "0"], "--hidden 0"), (["rnn", "--patience", "-1"], "--patience -1"),
    (["ptb", "--dropout", "1"], "--dropout"), (["ptb", "--layers", "0"], "--layers 0"),
    (["seq2seq", "--beams", "0"], "--beams 0"), (["seq2seq", "--kind", "transformer"], "transformer"),
    (["sine", "--epochs", "0"], "--epochs 0"), (["bptt", "--steps", "3"], "--steps 3"),
    (["n-grams", "--data", "real", "--text", "a.txt"], "--text"),
    (["generate", "--weights", "x", "--prefix", "a", "--top-k", "3"], "--temperature"),
    (["generate", "--weights", "x", "--prefix", "a", "--temperature", "-1"], "--temperature -1"),
    (["generate", "--prefix", "a"], "--weights"), (["pronounce", "--weights", "x"], "words"),
  ])
  func optionsOutOfRange(_ arguments: [String], _ named: String) throws {
    let outcome = try program.run(arguments, in: folder.path)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(named), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func textsThatCannotBeRead() throws {
    func fails(_ content: [UInt8], _ expected: String..., arguments: String...) throws {
      try Data(content).write(to: URL(filePath: folder.file("text.txt")))
      for command in ["text-preprocessing", "n-grams"] {
        let outcome = try run(command, "--text", "text.txt", "--out", "run")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("Error: text.txt"), "\(outcome.errors)")
        for part in expected { #expect(outcome.errors.contains(part), "\(outcome.errors)") }
      }
    }
    try fails([], "the text is empty")
    try fails(Array("123 !\n\n".utf8), "the text is empty")
    try fails(Array("the time ".utf8) + [0xC3, 0x28] + Array(" machine".utf8), "byte 9", "not UTF-8")
    let missing = try run("n-grams", "--text", "none.txt")
    #expect(missing.status == 1)
    #expect(missing.errors.contains("none.txt"))
    try Data("one two three".utf8).write(to: URL(filePath: folder.file("short.txt")))
    let short = try run("n-grams", "--text", "short.txt", "--out", "run")
    #expect(short.status == 1)
    #expect(short.errors.contains("the text has 3 words"), "\(short.errors)")
  }

  /// Texts that are learned from; one is shorter than a window, one than a batch of them.
  @Test func textsOfOnesOwn() throws {
    let words = SyntheticText.sentences(300, seed: 1).joined(separator: "\n")
    try Data(words.utf8).write(to: URL(filePath: folder.file("own.txt")))
    let learned = try summary(
      run("gru", "--quick", "--text", "own.txt", "--hidden", "32", "--epochs", "2", "--json", "--out", "run"))
    #expect(learned["data"] as? String == "own")
    for (content, expected) in [
      (Array("a short text".utf8), "the text has"), ([], "the text is empty"), (Array("ab".utf8) + [0xFF], "byte 2"),
    ] {
      try Data(content).write(to: URL(filePath: folder.file("short.txt")))
      let outcome = try run("gru", "--quick", "--text", "short.txt", "--out", "run")
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    }
  }

  /// A text that is shorter than one batch of windows.
  @Test func batchesLargerThanTheText() throws {
    let outcome = try run("rnn", "--quick", "--batch-size", "5000", "--out", "run")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("5000 windows of 35"), "\(outcome.errors)")
  }

  @Test func prefixesAndVocabulariesThatDoNotFit() throws {
    let table = try TokenTable(["<unk>"] + "abc ".map { String($0) })
    let model = LanguageModel(LanguageModelConfiguration(.gru, vocabulary: 5, hidden: 4))
    try LanguageModelFile(model, vocabulary: table, tokenization: .characters).write(
      to: folder.file("model.safetensors"))
    let unknown = try run("generate", "--weights", "model.safetensors", "--prefix", "ab cXa")
    #expect(unknown.status == 1)
    #expect(unknown.errors.contains("\"X\", token 5 of \"ab cXa\""), "\(unknown.errors)")
    let empty = try run("generate", "--weights", "model.safetensors", "--prefix", "")
    #expect(empty.errors.contains("the prefix is empty"))
    try Data("a\nb\n".utf8).write(to: URL(filePath: folder.file("words.txt")))
    let few = try run(
      "generate", "--weights", "model.safetensors", "--prefix", "a", "--vocabulary", "words.txt")
    #expect(few.status == 1)
    #expect(few.errors.contains("2 tokens") && few.errors.contains("5"), "\(few.errors)")
    try Data("no weights".utf8).write(to: URL(filePath: folder.file("odd.bin")))
    let odd = try run("generate", "--weights", "odd.bin", "--prefix", "a")
    #expect(odd.status == 1)
    #expect(odd.errors.hasPrefix("Error: odd.bin"), "\(odd.errors)")
    let good = try run("generate", "--weights", "model.safetensors", "--prefix", "ab", "--count", "9")
    #expect(good.output.count == 12)
  }

  @Test func damagedData() throws {
    let set = folder.file("data/timemachine")
    try FileManager.default.createDirectory(atPath: set, withIntermediateDirectories: true)
    try Data("not the book".utf8).write(to: URL(filePath: set + "/timemachine.txt"))
    let outcome = try run(
      "text-preprocessing", variables: ["D2L_DATA": folder.file("data"), "D2L_CACHE": folder.file("cache")])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("data/timemachine/timemachine.txt"), "\(outcome.errors)")
  }
}
