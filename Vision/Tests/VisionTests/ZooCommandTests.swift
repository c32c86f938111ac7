import D2LCore
import D2LTestSupport
import D2LVision
import Foundation
import Testing

/// `models`, `classify` and `finetune` as their users run them.
@Suite struct ZooCommandTests {
  private let program: Program
  private let folder: TemporaryFolder

  init() throws {
    program = try Program("d2l-vision")
    folder = try TemporaryFolder()
  }

  private func run(_ arguments: String..., variables: [String: String] = [:]) throws -> Program.Outcome {
    try program.run(arguments, variables: variables, in: folder.path)
  }

  private func lastObject(_ outcome: Program.Outcome) throws -> [String: Any] {
    let line = try #require(outcome.output.split(separator: "\n").last, "\(outcome.errors)")
    return try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  // MARK: models

  @Test func allModelsAreListed() throws {
    let outcome = try run("models", "--json")
    #expect(outcome.status == 0)
    let list = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    #expect(list.compactMap { $0["name"] as? String } == VisionModel.all.map(\.name))
    let resnet = try #require(list.first { $0["name"] as? String == "resnet50" })
    #expect(resnet["parameters"] as? Int == 25_557_032)
    #expect(resnet["multiply_adds"] as? Int == 4_089_184_256)
    let table = try run("models")
    for kind in VisionModel.all { #expect(table.output.contains("\n\(kind.name) ")) }
    #expect(table.output.contains("25,557,032") && table.output.contains("80.86%"))
  }

  @Test func oneModelIsShownStageByStage() throws {
    let shown = try run("models", "resnet18")
    #expect(shown.status == 0)
    #expect(shown.output.contains("layer4.1") && shown.output.contains("435×435, every 32"))
    let whole = try lastObject(run("models", "resnet18", "--size", "64", "--json"))
    let stages = try #require(whole["stages"] as? [[String: Any]])
    #expect(stages.first?["output"] as? [Int] == [64, 32, 32])
    #expect(stages.last?["output"] as? [Int] == [1000])
    let wrong = try run("models", "resnet19")
    #expect(wrong.status == 1 && wrong.errors.contains("no network is called resnet19"))
  }

  // MARK: classify

  private static let classes = ["red", "green", "blue"]

  /// A network that knows three colors, without training: the head weighs means of channels.
  private func colorWeights() throws -> String {
    let network = withRandomSeed(1) { CIFARResNet(depth: 20, classes: 3) }
    for (_, module) in network.namedModules() {
      // Only the shortcuts are left: the first three channels are what the stem makes of red, green and blue.
      if let norm = module as? BatchNorm2d { norm.weight?.initialize(.zeros) }
    }
    for (name, parameter) in network.namedParameters() {
      if name == "conv1.weight" {
        parameter.value = Tensor<Float>(shape: [16, 3, 3, 3]) { buffer in
          buffer.update(repeating: 0)
          for channel in 0..<3 { buffer[(channel * 3 + channel) * 9 + 4] = 1 }
        }
      }
      if name == "bn1.weight" { parameter.initialize(.constant(1)) }
      if name == "linear.bias" { parameter.initialize(.zeros) }
      if name == "linear.weight" {
        parameter.value = Tensor<Float>(shape: [3, 64]) { buffer in
          buffer.update(repeating: 0)
          // The shortcuts put 8, then 16 empty channels before those that there were.
          for color in 0..<3 { buffer[color * 64 + 24 + color] = 4 }
        }
      }
    }
    let path = folder.file("colors.safetensors")
    let description = FinetunedWeights(
      model: "cifar_resnet20", classNames: Self.classes, preprocessing: ImagePreprocessing(shorterSide: 36, crop: 32))
    try Weights.write(network.namedTensors(), metadata: description.metadata, to: path)
    return path
  }

  private func write(_ color: [UInt8], _ name: String, width: Int = 50, height: Int = 40) throws {
    let file = URL(filePath: folder.file(name))
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Image(width: width, height: height, filledWith: color).write(to: file.path)
  }

  private func classify(_ arguments: String...) throws -> Program.Outcome {
    try program.run(
      ["classify", "--model", "cifar_resnet20", "--weights", colorWeights()] + arguments, in: folder.path)
  }

  @Test func onePictureIsATable() throws {
    try write([20, 220, 30], "green.png")
    let outcome = try classify("green.png")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines.dropFirst(3).first?.hasPrefix("green") == true)
    let whole = try lastObject(classify("green.png", "--json", "--top", "2"))
    let pictures = try #require(whole["pictures"] as? [[String: Any]])
    let guesses = try #require(pictures.first?["predictions"] as? [[String: Any]])
    #expect(guesses.count == 2 && guesses[0]["name"] as? String == "green" && guesses[0]["label"] as? Int == 1)
    #expect((guesses[0]["probability"] as? Double ?? 0) > 0.5)
  }

  @Test func aFolderInBatchesWithBadFiles() throws {
    for number in 0..<5 { try write([250, 10, 10], "many/red/\(number).png") }
    for number in 0..<4 { try write([10, 10, 250], "many/blue/\(number).jpg", width: 31 + number) }
    try write([10, 250, 10], "many/tiny.png", width: 1, height: 1)
    try write([10, 250, 10], "many/strip.png", width: 20_000, height: 1)
    try Data().write(to: URL(filePath: folder.file("many/nothing.png")))
    try Data("GIF89a".utf8).write(to: URL(filePath: folder.file("many/other.gif")))
    let outcome = try classify("many", "--batch-size", "4", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let whole = try lastObject(outcome)
    let pictures = try #require(whole["pictures"] as? [[String: Any]])
    #expect(pictures.count == 11)
    for picture in pictures {
      let file = try #require(picture["file"] as? String)
      let best = try #require((picture["predictions"] as? [[String: Any]])?.first?["name"] as? String)
      #expect(best == (file.contains("red") ? "red" : file.contains("blue") ? "blue" : "green"), "\(file)")
    }
    let skipped = try #require(whole["skipped"] as? [[String: Any]])
    #expect(skipped.compactMap { $0["file"] as? String } == ["many/nothing.png", "many/other.gif"])
    #expect(outcome.errors.contains("warning: skipped: many/nothing.png"))
    #expect(try classify("many").output.contains("11 pictures, 2 files skipped"))
  }

  @Test func pictureFilesThatAreNone() throws {
    try Data().write(to: URL(filePath: folder.file("empty.jpg")))
    try Data("hello".utf8).write(to: URL(filePath: folder.file("text.png")))
    for (name, problem) in [("empty.jpg", "empty.jpg"), ("text.png", "text.png"), ("absent.png", "absent.png")] {
      let outcome = try classify(name)
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("Error: \(problem)"), "\(outcome.errors)")
    }
    try FileManager.default.createDirectory(atPath: folder.file("void"), withIntermediateDirectories: true)
    #expect(try classify("void").errors.contains("the folder is empty"))
    try FileManager.default.createDirectory(atPath: folder.file("bad"), withIntermediateDirectories: true)
    try Data("hello".utf8).write(to: URL(filePath: folder.file("bad/1.png")))
    let bad = try classify("bad")
    #expect(bad.status == 1 && bad.errors.contains("none of the 1 files"))
  }

  @Test func wrongWeightsAndNames() throws {
    try write([20, 220, 30], "green.png")
    let weights = try colorWeights()
    let other = try run("classify", "--model", "cifar_resnet56", "--weights", weights, "green.png")
    #expect(other.status == 1)
    #expect(other.errors.contains("do not fit cifar_resnet56: they look like cifar_resnet20"))
    try "one\ntwo\n".write(toFile: folder.file("two.txt"), atomically: true, encoding: .utf8)
    let names = try classify("green.png", "--classes", "two.txt")
    #expect(names.status == 1 && names.errors.contains("two.txt: 2 names, but the network has 3 classes"))
    try "rot\ngrün\nblau\n".write(toFile: folder.file("three.txt"), atomically: true, encoding: .utf8)
    #expect(try classify("green.png", "--classes", "three.txt").output.contains("grün"))
    let damaged = folder.file("damaged.pth")
    try Data("not weights at all".utf8).write(to: URL(filePath: damaged))
    let unreadable = try run("classify", "--weights", damaged, "green.png")
    #expect(unreadable.status == 1 && unreadable.errors.contains("damaged.pth"))
  }

  @Test(arguments: [
    (["classify", "x.png"], "--pretrained"),
    (["classify", "--weights", "a", "--pretrained", "x.png"], "one of the two"),
    (["classify", "--model", "resnet1", "--pretrained", "x.png"], "resnet1"),
    (["classify", "--model", "nin", "--pretrained", "x.png"], "no weights are published"),
    (["classify", "--pretrained", "--release", "V7", "x.png"], "IMAGENET1K_V1"),
    (["classify", "--weights", "a", "--top", "0", "x.png"], "--top 0"), (["classify", "--pretrained"], "picture"),
    (["finetune", "--train", "a"], "--validation"), (["finetune", "--body", "frozen", "--quick"], "--body frozen"),
    (["finetune", "--quick", "--train", "a", "--validation", "b"], "--quick"),
    (["models", "--size", "64"], "--size"),
  ])
  func wrongCommandLines(_ arguments: [String], _ named: String) throws {
    let outcome = try program.run(arguments, in: folder.path)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(named), "\(outcome.errors)")
  }

  /// Without a network, the address and the place for the file are named. A proxy that is not there keeps the test off the net.
  @Test func pretrainedWithoutANetwork() throws {
    try write([20, 220, 30], "green.png")
    let nowhere = "http://127.0.0.1:9"
    let variables = [
      "D2L_CACHE": folder.file("cache"), "D2L_DATA": "", "https_proxy": nowhere, "http_proxy": nowhere,
      "HTTPS_PROXY": nowhere, "HTTP_PROXY": nowhere, "no_proxy": "", "NO_PROXY": "",
    ]
    let outcome = try run("classify", "--model", "squeezenet1_1", "--pretrained", "green.png", variables: variables)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("squeezenet1_1-b8a52dc0.pth is not on this machine and cannot be fetched"))
    #expect(outcome.errors.contains("--weights"))
  }

  // MARK: finetune

  @Test func quickFinetuningLearns() throws {
    let outcome = try run("finetune", "--model", "cifar_resnet20", "--quick", "--json", "--out", "run")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let summary = try lastObject(outcome)
    // Guessing gets 0.25.
    #expect((summary["best_accuracy"] as? Double ?? 0) > 0.6, "\(summary)")
    for file in [
      "report.html", "confusion.svg", "confusion.png", "mistakes.png", "model.safetensors", "best.safetensors",
    ] {
      #expect(FileManager.default.fileExists(atPath: folder.file("run/" + file)), "\(file)")
    }
    // The weights say what they are: nothing more is needed to use them.
    let classified = try lastObject(
      run(
        "classify", "--model", "cifar_resnet20", "--weights", "run/model.safetensors", "run/pictures/validation",
        "--json"))
    let pictures = try #require(classified["pictures"] as? [[String: Any]])
    let right = pictures.count { picture in
      let best = (picture["predictions"] as? [[String: Any]])?.first?["name"] as? String ?? "-"
      return (picture["file"] as? String ?? "").contains("/\(best)/")
    }
    #expect(pictures.count == 60)
    #expect(Double(right) / 60 == summary["best_accuracy"] as? Double)
  }

  @Test func finetuningOnFoldersWithAFrozenBody() throws {
    for (name, color) in [("red", [240, 20, 20]), ("blue", [20, 20, 240])] {
      for number in 0..<6 {
        try write(color.map { UInt8($0 + number) }, "train/\(name)/\(number).png")
        try write(color.map { UInt8($0 - number) }, "test/\(name)/\(number).png")
      }
    }
    try Data("x".utf8).write(to: URL(filePath: folder.file("train/red/broken.png")))
    let outcome = try run(
      "finetune", "--model", "cifar_resnet20", "--weights", colorWeights(), "--train", "train", "--validation", "test",
      "--body", "frozen", "--epochs", "3", "--batch-size", "4", "--learning-rate", "0.1", "--out", "run", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let summary = try lastObject(outcome)
    #expect(summary["best_accuracy"] as? Double == 1)
    #expect(summary["skipped"] as? Double == 1)
    #expect(outcome.errors.contains("warning: skipped: train/red/broken.png"))
    #expect(outcome.output.contains("1 file skipped"))
    #expect(outcome.output.contains("130 parameters learn"))
    let empty = folder.file("test/green")
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
    let wrong = try run("finetune", "--train", "train", "--validation", "test", "--out", "other")
    #expect(wrong.status == 1 && wrong.errors.contains("\"green\" is not one of them"))
  }
}
