import D2LCore
import D2LTestSupport
import D2LVision
import Foundation
import Testing

/// Published weights: the table, downloading, recognising, refusing.
@Suite struct PretrainedTests {
  @Test func theTableIsTorchvisions() throws {
    let rows = PretrainedWeights.all
    #expect(rows.count == 35)
    for row in rows {
      #expect(row.url.hasPrefix("https://download.pytorch.org/models/"))
      #expect(row.file.hasSuffix("-\(row.sha256).pth"), "the file's name carries its checksum")
      #expect(row.sha256.count == 8 && row.sha256.allSatisfy { $0.isHexDigit })
      #expect(try VisionModel.named(row.model).published.contains(row))
      #expect(row.preprocessing.crop == 224 && [232, 256].contains(row.preprocessing.shorterSide))
    }
    #expect(Set(rows.map(\.url)).count == rows.count)
    // Every network of torchvision's has weights; those of the paper and of the book have none there.
    let without = VisionModel.all.filter { $0.published.isEmpty }.map(\.name)
    #expect(without == ["lenet", "nin"] + CIFARResNet.depths.map { "cifar_resnet\($0)" })
    #expect(PretrainedWeights.of("resnet50").map(\.release) == ["IMAGENET1K_V2", "IMAGENET1K_V1"])
  }

  @Test func classesOfImageNet() {
    #expect(ImageNet.classNames.count == 1000)
    #expect(ImageNet.classNames[0] == "tench" && ImageNet.classNames[281] == "tabby")
    #expect(ImageNet.classNames[999] == "toilet tissue")
  }

  // MARK: Downloading

  /// A published file on a server of our own, and a cache of its own.
  private struct Publisher {
    let server: LoopbackServer
    let folder: TemporaryFolder
    let content: [UInt8]
    var row: PretrainedWeights
    let cache: DataCache

    init(sha256: String? = nil) throws {
      let folder = try TemporaryFolder()
      let source = folder.file("source.pth")
      let network = withRandomSeed(3) { SqueezeNet(.v1_1, classes: 7) }
      try Weights.write(network.namedTensors(), to: source)
      let content = try [UInt8](Data(contentsOf: URL(filePath: source)))
      server = try LoopbackServer { request, _ in .file(content, request, tag: "\"1\"") }
      let sum = SHA256.hex(of: content)
      row = PretrainedWeights(
        model: "squeezenet1_1", release: "TEST", url: server.url("models/squeezenet1_1-\(sum.prefix(8)).pth"),
        sha256: sha256 ?? String(sum.prefix(8)), preprocessing: ImagePreprocessing(shorterSide: 72, crop: 64))
      let environment = DataEnvironment(variables: ["D2L_CACHE": folder.file("cache")], home: folder.path)
      cache = DataCache(environment: environment, downloader: Downloader(attempts: 2, firstPause: 0.01, patience: 5))
      self.folder = folder
      self.content = content
    }
  }

  @Test func weightsAreFetchedVerifiedAndLoaded() throws {
    let publisher = try Publisher()
    let path = try publisher.row.fetch(from: publisher.cache)
    #expect(path == publisher.folder.file("cache/pretrained/" + publisher.row.file))
    #expect(try [UInt8](Data(contentsOf: URL(filePath: path))) == publisher.content)
    // The second time nothing is asked.
    let requests = publisher.server.requests.count
    #expect(try publisher.row.fetch(from: publisher.cache) == path)
    #expect(publisher.server.requests.count == requests)
    let loaded = try VisionModel.named("squeezenet1_1").load(path)
    #expect(loaded.classes == 7 && loaded.report.isComplete)
    let classifier = try ImageClassifier("squeezenet1_1", weights: path)
    #expect(classifier.classNames == (0..<7).map { "class \($0)" })
  }

  @Test func anotherFileThanPublishedIsRefused() throws {
    let publisher = try Publisher(sha256: "0123abcd")
    let error = #expect(throws: FileError.self) { try publisher.row.fetch(from: publisher.cache) }
    #expect(error?.problem.contains("expected is 0123abcd…") == true)
    let cache = publisher.folder.file("cache/pretrained")
    let left = try? FileManager.default.contentsOfDirectory(atPath: cache)
    #expect((left ?? []).allSatisfy { !$0.hasSuffix(".pth") })
  }

  @Test func withoutANetworkTheAddressIsNamed() throws {
    let publisher = try Publisher()
    publisher.server.stop()
    let error = #expect(throws: FileError.self) { try publisher.row.fetch(from: publisher.cache) }
    #expect(error?.problem.contains(publisher.row.file) == true)
    #expect(error?.help?.contains("--weights") == true)
  }

  // MARK: Weights of other networks

  private func saved(_ name: String, classes: Int = 1000, in folder: TemporaryFolder) throws -> String {
    let model = withoutInitialization { try? VisionModel.named(name).make(classes: classes) }
    let network = try #require(model)
    // Whatever the memory held must not matter; zeros keep the file's numbers defined.
    for parameter in network.parameters { parameter.initialize(.zeros) }
    let path = folder.file("\(name).safetensors")
    try Weights.write(network.namedTensors(), to: path)
    return path
  }

  @Test(arguments: [
    ("resnet34", "resnet18"), ("resnet18", "densenet121"), ("squeezenet1_0", "squeezenet1_1"),
    ("mobilenet_v2", "resnet50"),
    ("cifar_resnet32", "cifar_resnet20"), ("densenet121", "densenet169"), ("googlenet", "alexnet"),
  ])
  func theReportSaysWhatTheKeysLookLike(_ real: String, _ asked: String) throws {
    let folder = try TemporaryFolder()
    let path = try saved(real, classes: 12, in: folder)
    let error = #expect(throws: WrongWeights.self) { try VisionModel.named(asked).load(path) }
    #expect(error?.looksLike == Resemblance(model: real, share: 1))
    let text = "\(error.map { "\($0)" } ?? "")"
    #expect(text.contains("do not fit \(asked): they look like \(real)"))
    let differences = ["missing in the file", "not in the model", "of another shape"]
    #expect(differences.contains { text.contains($0) })
    #expect(text.contains("--model \(real)"))
    #expect(text.split(separator: "\n").count < 24)
  }

  @Test func weightsOfNoNetworkAtAll() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("other.safetensors")
    try Weights.write(["encoder.weight": Tensor<Float>(zeros: [3]).erased], to: path)
    let error = #expect(throws: WrongWeights.self) { try VisionModel.named("resnet18").load(path) }
    #expect(error?.looksLike == nil)
    #expect("\(error.map { "\($0)" } ?? "")".contains("d2l inspect"))
  }

  /// torchvision's published DenseNets were saved before its layers were renamed.
  @Test func olderNamesOfDenseNet() throws {
    let folder = try TemporaryFolder()
    let network = DenseNet(.densenet121, classes: 3)
    var older = NamedTensors()
    for (name, tensor) in network.namedTensors() {
      var name = name
      if name.contains("denselayer") {
        for part in ["norm", "conv"] {
          for number in [1, 2] {
            name = name.replacingOccurrences(of: ".\(part)\(number).", with: ".\(part).\(number).")
          }
        }
      }
      if !name.hasSuffix("num_batches_tracked") { older[name] = tensor }
    }
    #expect(older.names.contains("features.denseblock1.denselayer1.norm.1.weight"))
    try Weights.write(older, to: folder.file("densenet121.pth"))
    let loaded = try VisionModel.named("densenet121").load(folder.file("densenet121.pth"))
    #expect(loaded.classes == 3 && loaded.report.isComplete)
    let x: Tensor<Float> = Formula.uniform([1, 3, 64, 64], 1)
    #expect(mismatch(loaded.model.evaluating { loaded.model(x) }, network.evaluating { network(x) }) == nil)
  }

  /// A network that was saved as a part of another module has that one's name before all of its own.
  @Test func aNetworkInsideAnotherModule() throws {
    let folder = try TemporaryFolder()
    let network = withRandomSeed(1) { CIFARResNet(depth: 20, classes: 3) }
    var wrapped = NamedTensors()
    for (name, tensor) in network.namedTensors() { wrapped["module.encoder." + name] = tensor }
    try Weights.write(wrapped, to: folder.file("wrapped.pth"))
    let loaded = try VisionModel.named("cifar_resnet20").load(folder.file("wrapped.pth"))
    #expect(loaded.classes == 3 && loaded.report.isComplete)
    let error = #expect(throws: WrongWeights.self) {
      try VisionModel.named("cifar_resnet32").load(folder.file("wrapped.pth"))
    }
    #expect(error?.looksLike == Resemblance(model: "cifar_resnet20", share: 1))
    // One name without it: nothing is taken off.
    wrapped["other"] = Tensor<Float>(zeros: [1]).erased
    try Weights.write(wrapped, to: folder.file("two.pth"))
    #expect(throws: WrongWeights.self) { try VisionModel.named("cifar_resnet20").load(folder.file("two.pth")) }
  }

  @Test func aHeadForOtherClassesOnALoadedBody() throws {
    let folder = try TemporaryFolder()
    let source = withRandomSeed(1) { ResNet(.resnet18, classes: 5) }
    try Weights.write(source.namedTensors(), to: folder.file("five.pth"))
    let loaded = try VisionModel.named("resnet18").loadBody(folder.file("five.pth"), classes: 2)
    #expect(loaded.report.excluded == ["fc.weight", "fc.bias"])
    let names = Dictionary(uniqueKeysWithValues: loaded.model.state.map { ($0.name, $0.array) })
    for (name, array) in source.state where !name.hasPrefix("fc.") {
      let found = try #require(names[name])
      #expect(Tensor<Double>(converting: found).values == Tensor<Double>(converting: array).values, "\(name)")
    }
    #expect(names["fc.weight"]?.shape == [2, 512])
  }

  // MARK: Names of classes

  @Test func filesOfClassNames() throws {
    let folder = try TemporaryFolder()
    func file(_ text: String) throws -> String {
      let path = folder.file("names.txt")
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    #expect(try classNames(inFile: file("cat\r\ndog\n\n"), count: 2) == ["cat", "dog"])
    #expect(try classNames(inFile: file("cat\r\ndog\r\n"), count: 2) == ["cat", "dog"])
    let wrong = #expect(throws: FileError.self) { try classNames(inFile: file("cat\ndog\ncow\n"), count: 2) }
    #expect(wrong?.problem == "3 names, but the network has 2 classes")
    let empty = #expect(throws: FileError.self) { try classNames(inFile: file("cat\n\ndog\n")) }
    #expect(empty?.place == .line(2))
    try Data([0x63, 0xff, 0x0a]).write(to: URL(filePath: folder.file("bytes.txt")))
    #expect(throws: FileError.self) { try classNames(inFile: folder.file("bytes.txt")) }
  }
}
