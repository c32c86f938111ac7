import D2LTestSupport
import D2LVision
import Foundation
import Testing

/// `d2l-vision lenet` as its users run it: what it leaves behind, and what it says when something is wrong.
@Suite struct CommandLineTests {
  private let program: Program
  private let folder: TemporaryFolder

  init() throws {
    program = try Program("d2l-vision")
    folder = try TemporaryFolder()
  }

  private func lenet(_ arguments: String..., variables: [String: String] = [:], interruptAfter: String? = nil) throws
    -> Program.Outcome
  {
    try program.run(["lenet"] + arguments, variables: variables, in: folder.path, interruptAfter: interruptAfter)
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  // MARK: What a run leaves

  @Test func quickLearnsAndSumsUp() throws {
    let outcome = try lenet("--quick", "--json", "--out", "run")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let line = try #require(outcome.output.split(separator: "\n").last)
    let summary = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(
      Set(summary.keys).isSuperset(of: [
        "section", "model", "data", "epochs", "train_loss", "train_accuracy", "test_accuracy", "examples_per_second",
        "seconds", "seed", "run",
      ]))
    #expect(summary["section"] as? String == "6.6")
    #expect(summary["model"] as? String == "LeNet")
    #expect(summary["data"] as? String == "synthetic")
    #expect(summary["seed"] as? Int == 0)
    #expect(summary["run"] as? String == "run")
    // Guessing gets 0.1, a linear model about 0.5.
    #expect(try #require(summary["test_accuracy"] as? Double) > 0.9)
    #expect(try #require(summary["train_loss"] as? Double) < 0.3)
    for file in [
      "report.html", "loss.svg", "accuracy.svg", "predictions.png", "model.safetensors", "metrics.csv", "config.json",
    ] {
      #expect(FileManager.default.fileExists(atPath: folder.file("run/" + file)), "\(file)")
      if file != "metrics.csv" && file != "config.json" { #expect(outcome.output.contains(file)) }
    }
    let metrics = try String(contentsOfFile: folder.file("run/metrics.csv"), encoding: .utf8).split(separator: "\n")
    #expect(metrics.count == 1 + (summary["epochs"] as? Int ?? 0))
    let commands = outcome.output.split(separator: "\n").filter { $0.contains("d2l-vision lenet --") }
    #expect(commands.count == 3)
  }

  @Test func equalSeedsGiveEqualBytesAndOthersDoNot() throws {
    for (out, seed) in [("a", "5"), ("b", "5"), ("c", "6")] {
      #expect(try lenet("--quick", "--epochs", "2", "--seed", seed, "--out", out).status == 0)
    }
    let (a, b, c) = try (
      bytes(folder.file("a/model.safetensors")), bytes(folder.file("b/model.safetensors")),
      bytes(folder.file("c/model.safetensors"))
    )
    #expect(a == b)
    #expect(a != c)
  }

  @Test func resumingIsNeverStopping() throws {
    #expect(try lenet("--quick", "--epochs", "6", "--out", "whole").status == 0)
    let stopped = try lenet("--quick", "--epochs", "6", "--out", "torn", interruptAfter: "epoch 2/6")
    #expect(stopped.status == 130)
    #expect(stopped.output.contains("--resume torn"))
    #expect(FileManager.default.fileExists(atPath: folder.file("torn/checkpoint.safetensors")))
    #expect(!FileManager.default.fileExists(atPath: folder.file("torn/model.safetensors")))
    let resumed = try lenet("--quick", "--epochs", "6", "--resume", "torn")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.output.contains("Going on after epoch"))
    #expect(try bytes(folder.file("whole/model.safetensors")) == bytes(folder.file("torn/model.safetensors")))
  }

  // MARK: Wrong command lines

  @Test(arguments: [
    (["--epochs", "0"], "--epochs 0"), (["--batch-size", "-1"], "--batch-size -1"),
    (["--learning-rate", "nan"], "--learning-rate nan"), (["--learning-rate", "0"], "--learning-rate 0"),
    (["--learning-rate", "inf"], "--learning-rate inf"), (["--threads", "0"], "--threads 0"),
    (["--epochs", "ten"], "ten"), (["--seed", "-1"], "-1"), (["--data", "fake"], "fake"),
    (["--quick", "--data", "real"], "--quick"), (["--out", ""], "--out"),
    (["--out", "a", "--resume", "b"], "--resume"),
    (["--frobnicate"], "--frobnicate"),
  ])
  func optionsOutOfRange(_ arguments: [String], _ named: String) throws {
    let outcome = try program.run(["lenet"] + arguments, in: folder.path)
    #expect(outcome.status == 2)
    #expect(outcome.errors.hasPrefix("Error: "))
    #expect(outcome.errors.contains(named))
    #expect(outcome.output.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  // MARK: Folders

  @Test func aFileInTheWay() throws {
    try "in the way".write(toFile: folder.file("taken"), atomically: true, encoding: .utf8)
    for out in ["taken", "taken/run"] {
      let outcome = try lenet("--quick", "--epochs", "1", "--out", out)
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("Error: taken"))
    }
    #expect(try String(contentsOfFile: folder.file("taken"), encoding: .utf8) == "in the way")
  }

  #if os(Linux)
    @Test func aFolderThatNobodyCanMake() throws {
      let outcome = try lenet("--quick", "--epochs", "1", "--out", "/proc/d2l/run")
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("Error: /proc/d2l"))
    }
  #endif

  // MARK: Data

  /// A folder of data sets whose Fashion-MNIST is four files of these bytes.
  private func dataFolder(_ content: Data) throws -> [String: String] {
    let set = folder.file("data/fashion-mnist")
    try FileManager.default.createDirectory(atPath: set, withIntermediateDirectories: true)
    for part in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"] {
      try content.write(to: URL(filePath: "\(set)/\(part)-ubyte.gz"))
    }
    return ["D2L_DATA": folder.file("data"), "D2L_CACHE": folder.file("cache")]
  }

  @Test(arguments: [
    Data(), Data("no gzip at all".utf8), Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]),
    Data(repeating: 0x1f, count: 30_000),
  ])
  func damagedData(_ content: Data) throws {
    let outcome = try lenet("--data", "real", "--epochs", "1", variables: dataFolder(content))
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("data/fashion-mnist/"))
    #expect(outcome.errors.contains("help: replace or remove this file, or unset D2L_DATA"))
  }

  @Test func damageIsNotPassedOverInSilence() throws {
    let outcome = try lenet("--epochs", "1", variables: dataFolder(Data("no gzip at all".utf8)))
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("data/fashion-mnist/"))
  }

  // MARK: Checkpoints

  /// The path of a checkpoint of two epochs.
  private func checkpoint() throws -> String {
    #expect(try lenet("--quick", "--epochs", "2", "--out", "run").status == 0)
    return folder.file("run/checkpoint.safetensors")
  }

  private func resumed(_ arguments: String...) throws -> Program.Outcome {
    try program.run(["lenet", "--quick", "--epochs", "3", "--resume", "run"] + arguments, in: folder.path)
  }

  @Test func resumingNothing() throws {
    let outcome = try resumed()
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("Error: run/checkpoint.safetensors: "))
  }

  @Test func damagedCheckpoints() throws {
    let path = try checkpoint()
    let whole = try bytes(path)
    var flipped = whole
    flipped[0] ^= 0x80
    for damaged in [whole.prefix(whole.count / 2), whole.prefix(4), Data(), whole + [0], flipped] {
      try damaged.write(to: URL(filePath: path))
      let outcome = try resumed()
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("Error: run/checkpoint.safetensors"), "\(outcome.errors)")
      #expect(try bytes(path) == damaged)
    }
  }

  @Test func foreignCheckpoints() throws {
    let path = try checkpoint()
    let other = try resumed("--seed", "1")
    #expect(other.status == 1)
    #expect(other.errors.contains("seed was 0, is now 1"))
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: folder.file("run/model.safetensors"), toPath: path)
    let weights = try resumed()
    #expect(weights.status == 1)
    #expect(weights.errors.contains("not a checkpoint"))
  }
}
