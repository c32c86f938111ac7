import D2LCore
import D2LTestSupport
import D2LTools
import Foundation
import Testing

/// `d2l inspect`, `d2l convert` and `d2l run` as their users run them.
@Suite struct WeightCommandTests {
  private let d2l: Program
  private let folder: TemporaryFolder

  init() throws {
    d2l = try Program("d2l")
    folder = try TemporaryFolder()
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// A file that a reference library made, among those of Core's tests.
  private func fixture(_ name: String) -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return root.appending(path: "Core/Tests/WeightsTests/Fixtures/\(name)").path
  }

  private func sample() throws -> String {
    let path = folder.file("sample.safetensors")
    let tensors: NamedTensors = [
      "fc.weight": Tensor<Float>([[1.5, -2, .nan], [.infinity, 0, 4]]).erased, "steps": Tensor<Int64>(12).erased,
      "empty": Tensor<Float>(zeros: [0, 3]).erased,
    ]
    try Weights.write(tensors, metadata: ["format": "pt"], to: path)
    return path
  }

  /// The element types in a file by name, as `inspect --json` says them.
  private func types(_ path: String) throws -> [String: String] {
    let report = try object(d2l.run(["inspect", "--json", "--headers", path]).output)
    let tensors = try #require(report["tensors"] as? [[String: Any]])
    return Dictionary(
      tensors.compactMap { row in (row["name"] as? String).map { ($0, row["dtype"] as? String ?? "") } }
    ) { first, _ in first }
  }

  // MARK: inspect

  @Test func inspectShowsEveryTensorWithItsNumbers() throws {
    let path = try sample()
    let shown = try d2l.run(["inspect", path])
    #expect(shown.status == 0 && shown.errors.isEmpty)
    for part in [
      "safetensors", "format", "fc.weight", "float32", "[2, 3]", "24 bytes", "3 tensors, 7 numbers", "1 NaN",
    ] {
      #expect(shown.output.contains(part), "\(part) is not in \(shown.output)")
    }
    let report = try object(d2l.run(["inspect", path, "--json"]).output)
    #expect(report["format"] as? String == "safetensors" && report["metadata"] as? [String: String] == ["format": "pt"])
    let tensors = try #require(report["tensors"] as? [[String: Any]])
    let weight = try #require(tensors.first { $0["name"] as? String == "fc.weight" })
    #expect(weight["shape"] as? [Int] == [2, 3] && weight["bytes"] as? Int == 24)
    #expect(weight["minimum"] as? Double == -2 && weight["maximum"] == nil && weight["mean"] as? Double == 0.875)
    #expect(weight["nan_count"] as? Int == 1 && weight["infinite_count"] as? Int == 1)
    let empty = try #require(tensors.first { $0["name"] as? String == "empty" })
    #expect(empty["minimum"] == nil && empty["nan_count"] as? Int == 0)
  }

  @Test(arguments: [
    ("nested-zip.pt", "torch zip"), ("tar.pt", "torch tar"), ("types-legacy.pt", "torch legacy"),
    ("fortran.npy", "npy"),
    ("deflated.npz", "npz"), ("v3.params", "mxnet params"), ("vectors.txt.gz", "word vectors, text"),
    ("vectors.bin", "word2vec binary"), ("fasttext.bin", "fastText model"), ("float8.safetensors", "safetensors"),
  ])
  func inspectReadsEveryFormat(_ name: String, _ format: String) throws {
    let outcome = try d2l.run(["inspect", fixture(name), "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try object(outcome.output)["format"] as? String == format)
    #expect(try d2l.run(["inspect", fixture(name)]).output.contains(format))
  }

  /// A hundred million numbers that a stride of 0 makes of one are listed.
  @Test func whatWouldTakeTooMuchMemoryIsListed() throws {
    func number(_ value: Int32) -> [UInt8] { Array("J".utf8) + withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    let storage = Array("(U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpuK\u{1}tQ".utf8)
    let pickle =
      Array("ctorch._utils\n_rebuild_tensor_v2\n(".utf8) + storage + Array("K\u{0}(".utf8) + number(100_000_000)
      + Array("t(K\u{0}t".utf8) + [0x89] + Array("NtR.".utf8)
    let archive = try ZipWriter.archive([("a/data.pkl", pickle), ("a/data/0", [0, 0, 0, 0])], .stored)
    let path = folder.file("expanded.pt")
    try Data(archive).write(to: URL(filePath: path))
    let shown = try d2l.run(["inspect", path])
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains("[100000000]") && shown.output.contains("more memory than the size"))
  }

  @Test func whatIsNoFileOfWeightsIsRefusedWithItsName() throws {
    let whole = try [UInt8](Data(contentsOf: URL(filePath: sample())))
    let cut = folder.file("cut.safetensors")
    try Data(whole.dropLast(4)).write(to: URL(filePath: cut))
    let text = folder.file("text.pt")
    try "no weights here\n".write(toFile: text, atomically: true, encoding: .utf8)
    let picture = folder.file("picture.bin.png")
    try Image(width: 2, height: 2, filledWith: [1, 2, 3]).write(to: picture)
    for (path, parts) in [
      (cut, ["cut.safetensors, \"", "help:"]), (text, ["text.pt"]),
      (folder.file("none.pt"), ["none.pt", "check the path"]),
      (picture, ["PNG", "d2l image info"]), (folder.path, ["folder"]),
    ] {
      let outcome = try d2l.run(["inspect", path])
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      for part in parts { #expect(outcome.errors.contains(part), "\(part) is not in \(outcome.errors)") }
    }
  }

  @Test(arguments: ["system", "eval", "getattr", "unknown", "open", "partial"])
  func aPickleThatAsksForMoreThanDataIsRefused(_ name: String) throws {
    for kind in ["zip", "legacy"] {
      for command in [["inspect"], ["convert"]] {
        let arguments =
          command + [fixture("evil-\(name)-\(kind).pt")] + (command == ["convert"] ? [folder.file("x.npz")] : [])
        let outcome = try d2l.run(arguments)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("nothing was run") && outcome.errors.contains("byte"), "\(outcome.errors)")
        #expect(outcome.errors.lowercased().contains(name), "\(outcome.errors)")
      }
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("x.npz")))
  }

  // MARK: convert

  @Test func convertingAroundAllFormatsChangesNoBit() throws {
    let start = try sample()
    var path = start
    for name in ["a.pt", "b.npz", "c.pth", "d.safetensors"] {
      let outcome = try d2l.run(["convert", path, folder.file(name), "--drop-metadata"])
      #expect(outcome.status == 0 && outcome.output.contains("3 tensors"), "\(outcome.errors)")
      path = folder.file(name)
    }
    let (before, after) = (try Weights.open(start), try Weights.open(path))
    #expect(after.names.sorted() == before.names.sorted())
    for name in before.names { #expect(try after.bytes(named: name) == before.bytes(named: name), "\(name)") }
  }

  @Test func convertKeepsElementTypesAndSaysWhereItCannot() throws {
    let start = fixture("types.safetensors")
    let wanted = try types(start)
    #expect(wanted["float16"] == "float16" && wanted["bfloat16"] == "bfloat16")
    #expect(try d2l.run(["convert", start, folder.file("a.pt")]).status == 0)
    #expect(
      try types(folder.file("a.pt")).filter { !$0.key.hasPrefix("metadata") }
        == Dictionary(uniqueKeysWithValues: wanted.map { ("state_dict." + $0.key, $0.value) }))
    let numpy = try d2l.run(["convert", start, folder.file("a.npz"), "--drop-metadata"])
    #expect(numpy.status == 0 && numpy.output.contains("bfloat16 became float32 in 1 tensors"), "\(numpy.output)")
    #expect(try types(folder.file("a.npz"))["float16"] == "float16")
  }

  @Test func convertTakesTheModelOutOfACheckpoint() throws {
    let checkpoint = fixture("nested-zip.pt")
    #expect(try d2l.run(["convert", checkpoint, folder.file("m.safetensors"), "--state-dict"]).status == 0)
    #expect(try Weights.open(folder.file("m.safetensors")).names == ["fc.weight", "fc.bias"])
    #expect(
      try d2l.run(["convert", checkpoint, folder.file("o.safetensors"), "--subtree", "optimizer.state.0"]).status == 0)
    #expect(try Weights.open(folder.file("o.safetensors")).names == ["step", "exp_avg"])
  }

  @Test func wordVectorsKeepTheirWords() throws {
    let binary = fixture("vectors.bin")
    #expect(try d2l.run(["convert", binary, folder.file("v.vec")]).status == 0)
    #expect(
      try d2l.run(["convert", folder.file("v.vec"), folder.file("v.bin")]).output.contains("6 words with 5 numbers"))
    let (before, after) = (try WordVectors(binary), try WordVectors(folder.file("v.bin")))
    #expect(after.words == before.words && after.vectors.values == before.vectors.values)
    let refused = try d2l.run(["convert", binary, folder.file("v.npy")])
    #expect(refused.status == 1 && refused.errors.contains("6 words") && refused.errors.contains("--drop-metadata"))
    #expect(try d2l.run(["convert", binary, folder.file("v.npy"), "--drop-metadata"]).status == 0)
    #expect(try Npy.read(folder.file("v.npy")).shape == [6, 5])
  }

  @Test func convertSplitsAndJoins() throws {
    let big = folder.file("big.safetensors")
    var tensors = NamedTensors()
    for index in 0..<3 { tensors["w\(index)"] = Tensor<Float>(repeating: Float(index), shape: [200_000]).erased }
    try Weights.write(tensors, to: big)
    let index = folder.file("parts.safetensors.index.json")
    #expect(try d2l.run(["convert", big, index, "--part-size", "1"]).status == 0)
    for part in 1...3 {
      #expect(FileManager.default.fileExists(atPath: folder.file("parts-0000\(part)-of-00003.safetensors")))
    }
    #expect(try d2l.run(["convert", index, folder.file("joined.safetensors"), "--drop-metadata"]).status == 0)
    #expect(FileManager.default.contentsEqual(atPath: big, andPath: folder.file("joined.safetensors")))
  }

  @Test func whatCannotBeConvertedIsSaid() throws {
    let path = try sample()
    for (arguments, part) in [
      ([path, folder.file("a.h5")], "\"h5\""), ([path, folder.file("a.npy"), "--drop-metadata"], "one array, not 3"),
      ([path, folder.file("a.npz")], "no place for metadata"),
      ([path, folder.file("a.pt"), "--subtree", "gc"], "\"gc\""),
      ([fixture("float8.safetensors"), folder.file("a.npz")], "float8_e4m3fn"),
      ([path, folder.file("none/a.pt")], "mkdir -p"),
    ] {
      let outcome = try d2l.run(["convert"] + arguments)
      #expect(outcome.status == 1 && outcome.output.isEmpty, "\(arguments)")
      #expect(outcome.errors.contains(part), "\(part) is not in \(outcome.errors)")
    }
    #expect(try d2l.run(["convert", path]).status == 2)
    #expect(try d2l.run(["convert", path, "x.pt", "--part-size", "1"]).status == 2)
    #expect(try d2l.run(["convert", path, "x.pt", "--state-dict", "--subtree", "fc"]).status == 2)
  }

  // MARK: run

  /// A LeNet with weights by formula, saved as `format` wants it, and a batch of two images.
  private func lenet(_ file: String) throws -> (weights: String, input: String, expected: AnyTensor) {
    let network = try #require(DomainPackage.models.first { $0.name == "lenet" }).make()
    for (index, (_, parameter)) in network.module.namedParameters().enumerated() {
      parameter.value = Formula.uniform(parameter.shape, index, from: -0.2, to: 0.2)
    }
    let images: Tensor<Float> = Formula.uniform([2, 1, 28, 28], 99, from: 0, to: 1)
    try Weights.write(network.module.namedTensors(), to: folder.file(file))
    try Npy.write(images.erased, to: folder.file("x.npy"))
    return (folder.file(file), folder.file("x.npy"), try network.run(images.erased))
  }

  private func run(_ model: String, _ weights: String, _ input: String, _ more: [String] = []) throws -> Program.Outcome
  {
    try d2l.run(["run", model, "--weights", weights, "--input", input, "--output", folder.file("y.npy")] + more)
  }

  @Test(arguments: ["w.safetensors", "w.pt", "w.npz"]) func runGivesWhatTheModelGives(_ file: String) throws {
    let (weights, input, expected) = try lenet(file)
    let outcome = try run("lenet", weights, input)
    #expect(outcome.status == 0 && outcome.output.contains("10 tensors fit the model"), "\(outcome.errors)")
    #expect(outcome.output.contains("[2, 10] of float32"))
    let result = try Npy.read(folder.file("y.npy"))
    #expect(Tensor<Float>(exactly: result)?.values == Tensor<Float>(exactly: expected)?.values)
  }

  @Test func runKnowsTheNamesOfASource() throws {
    let row = try #require(DomainPackage.models.first { $0.name == "densenet121" })
    let network = row.make(classes: 3)
    var renamed = NamedTensors()
    for (name, tensor) in network.module.namedTensors() {
      renamed[name.replacing(/(denselayer\d+\.)(norm|conv)(\d)/) { "\($0.output.1)\($0.output.2).\($0.output.3)" }] =
        tensor
    }
    try Weights.write(renamed, to: folder.file("d.pt"))
    let images: Tensor<Float> = Formula.uniform([1, 3, 32, 32], 1, from: 0, to: 1)
    try Npy.write(images.erased, to: folder.file("x.npy"))
    let outcome = try run("densenet121", folder.file("d.pt"), folder.file("x.npy"), ["--classes", "3"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      Tensor<Float>(exactly: try Npy.read(folder.file("y.npy")))?.values
        == Tensor<Float>(exactly: try network.run(images.erased))?.values)
  }

  @Test func runSaysWhatDoesNotFit() throws {
    let (weights, input, _) = try lenet("w.safetensors")
    try Npy.write(Tensor<Float>(zeros: [2, 28, 28]).erased, to: folder.file("flat.npy"))
    let flat = try run("lenet", weights, folder.file("flat.npy"))
    #expect(flat.status == 1 && flat.errors.contains("flat.npy") && flat.errors.contains("[batch, 1, 28, 28]"))
    let other = try run("lenet_batchnorm", weights, input)
    #expect(other.status == 1 && other.errors.contains("do not fit the model") && other.errors.contains("missing"))
    let classes = try run("lenet", weights, input, ["--classes", "7"])
    #expect(
      classes.status == 1 && classes.errors.contains("[10, 84] of float32 in the file, [7, 84]"), "\(classes.errors)")
    #expect(try run("lenet", folder.file("none.pt"), input).errors.contains("none.pt"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("y.npy")))
    let loose = try run("lenet", try part(of: weights), input, ["--not-strict"])
    #expect(loose.status == 0 && loose.output.contains("1 missing in the file"), "\(loose.errors)")
  }

  private func part(of weights: String) throws -> String {
    var tensors = try Weights.open(weights).readAll()
    tensors[tensors.names[0]] = nil
    try Weights.write(tensors, to: folder.file("part.safetensors"))
    return folder.file("part.safetensors")
  }

  @Test func benchLoadMeasuresAFile() throws {
    let path = folder.file("l.safetensors")
    try Weights.write(["a": Tensor<Float>(zeros: [1000]).erased, "b": Tensor<Float>(zeros: [9000]).erased], to: path)
    for more in [[], ["--copy"]] {
      let reading = try object(d2l.run(["bench", "load", path] + more).output)
      #expect(reading["file_mb"] as? Double == 0.04 && reading["one_tensor_mb"] as? Double == 0.036)
      for key in ["open_ms", "one_tensor_ms", "all_ms", "sum_ms"] {
        #expect((reading[key] as? Double).map { $0 > 0 } == true, "\(key)")
      }
    }
    #expect(try d2l.run(["bench", "load", folder.file("none.pt")]).status == 1)
  }

  @Test func wrongCommandLinesOfRun() throws {
    let misspelt = try run("lenett", "w", "x")
    #expect(misspelt.status == 2 && misspelt.errors.contains("Did you mean 'lenet'?"))
    for arguments in [
      ["run"], ["run", "lenet"], ["run", "lenet", "--weights", "w", "--input", "x"],
      ["run", "lenet", "--weights", "w", "--input", "x", "--output", "y.txt"],
      ["run", "lenet", "--weights", "w", "--input", "x", "--output", "y.npy", "--classes", "0"],
    ] {
      let outcome = try d2l.run(arguments)
      #expect(outcome.status == 2 && outcome.errors.contains("Usage: d2l run"), "\(arguments): \(outcome.errors)")
    }
    let list = try d2l.run(["run", "--list"])
    #expect(list.status == 0)
    for model in DomainPackage.models { #expect(list.output.contains(model.name)) }
  }
}
