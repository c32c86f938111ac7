import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

@Suite struct WritingTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(arguments: ["a.safetensors", "a.pt", "a.pth", "a.bin", "a.npz"])
  func whatIsWrittenIsReadToTheBit(_ name: String) throws {
    let path = scratch / name
    try Weights.write(samples(), to: path)
    for borrows in [true, false] {
      expectSame(try Weights.open(path, options: ReadOptions(borrowsMappedMemory: borrows)).readAll(), samples())
    }
    try Weights.write([:], to: path)
    #expect(try Weights.open(path).entries.isEmpty)
  }

  /// Half precision, small and unsigned integers, eight-bit and complex numbers: from file to file nothing becomes anything else.
  @Test(arguments: [
    "types.safetensors", "types-zip.pt", "types-legacy.pt", "unsigned-zip.pt", "unsupported-zip.pt",
    "float8.safetensors",
    "views-zip.pt", "big-endian-zip.pt", "stored.npz", "v2.params", "fortran.npy", "bigdouble.npy", "complex.npy",
    "typed.onnx",
  ])
  func elementTypesAreKeptFromFileToFile(_ name: String) throws {
    let original = try Weights.open(fixture(name))
    for format in ["pt", "safetensors"] {
      // safetensors has no complex numbers of doubles.
      if name == "complex.npy" && format == "safetensors" { continue }
      let widened = try Weights.write(contentsOf: original, to: scratch / "copy.\(format)")
      #expect(widened.isEmpty)
      let copy = try Weights.open(scratch / "copy.\(format)")
      #expect(copy.names == original.names)
      for entry in original.entries {
        let stored = try #require(copy.entry(named: entry.name))
        #expect(stored.dtypeInFile == entry.dtypeInFile && stored.shape == entry.shape, "\(entry.name)")
        #expect(try copy.bytes(named: entry.name) == original.bytes(named: entry.name), "\(entry.name)")
      }
    }
  }

  @Test func whatAFormatDoesNotHaveBecomesWiderOrIsRefused() throws {
    let original = try Weights.open(fixture("types.safetensors"))
    let widened = try Weights.write(contentsOf: original, to: scratch / "a.npz")
    #expect(widened.map(\.name) == ["bfloat16"] && widened[0].from == .bfloat16 && widened[0].to == .float32)
    let copy = try Weights.open(scratch / "a.npz")
    #expect(copy.entry(named: "float16")?.dtypeInFile == .float16)
    for name in original.names {
      #expect(same(try copy.tensor(named: name), try original.tensor(named: name)), "\(name)")
    }
    let error = fileError {
      try Weights.write(contentsOf: Weights.open(fixture("float8.safetensors")), to: scratch / "b.npz")
    }
    #expect(error.place == .key("a") && error.problem.contains("float8_e4m3fn"))
    #expect(!FileManager.default.fileExists(atPath: scratch / "b.npz"))
  }

  @Test func compressedArraysAreReadToTheBit() throws {
    try Npz.write(samples(), compressed: true, to: scratch / "a.npz")
    expectSame(try Weights.open(scratch / "a.npz").readAll(), samples())
  }

  @Test func anArrayIsWrittenWithNumPysBytes() throws {
    for name in ["c", "bool", "scalar", "empty"] {
      let tensor = try Npy.read(fixture("\(name).npy"))
      try Npy.write(tensor, to: scratch / "x.npy")
      #expect(try contents(scratch / "x.npy") == contents(fixture("\(name).npy")), "\(name)")
    }
    let fortran = try Npy.read(fixture("fortran.npy"))
    try Npy.write(fortran, to: scratch / "f.npy")
    #expect(same(try Npy.read(scratch / "f.npy"), fortran))
  }

  @Test func tiedTensorsStayTied() throws {
    let all = try Weights.open(fixture("views-zip.pt")).readAll()
    try Torch.write(all, to: scratch / "tied.pt")
    let file = try Weights.open(scratch / "tied.pt")
    #expect(file.entry(named: "again")?.tiedTo == "shared")
    expectSame(try file.readAll(), all)
  }

  @Test func metadataIsKeptOrRefused() throws {
    let tensors: NamedTensors = ["w": Tensor<Float>([1]).erased]
    try Weights.write(tensors, metadata: ["epoch": "3"], to: scratch / "a.pt")
    let file = try Weights.open(scratch / "a.pt")
    #expect(file.metadata == ["metadata.epoch": "3"] && file.stateDict().names == ["w"])
    #expect(fileError { try Weights.write(tensors, metadata: ["epoch": "3"], to: scratch / "a.npz") }.help != nil)
    #expect(fileError { try Weights.write(tensors, to: scratch / "a.txt") }.problem.contains("\"txt\""))
    #expect(fileError { try Weights.write(samples(), to: scratch / "a.npy") }.problem.contains("7"))
    #expect(
      fileError { try Safetensors.write(["__metadata__": tensors["w"] ?? samples()[0].tensor], to: scratch / "a") }
        .problem.contains("reserves"))
  }

  @Test(.enabled(if: python != nil, needsPython)) func theRealLibrariesReadWhatIsWritten() throws {
    var tensors = samples()
    tensors["tied"] = tensors["weight"]
    try Weights.write(tensors, metadata: ["note": "é\n\"x\""], to: scratch / "a.safetensors")
    try Weights.write(tensors, to: scratch / "a.pt")
    try Weights.write(tensors, metadata: ["epoch": "3"], to: scratch / "nested.pt")
    try Npz.write(tensors, to: scratch / "stored.npz")
    try Npz.write(tensors, compressed: true, to: scratch / "deflated.npz")
    for (name, tensor) in tensors { try Npy.write(tensor, to: scratch / "\(name).npy") }
    for (source, target) in [
      ("types.safetensors", "types.pt"), ("unsupported-zip.pt", "unsupported.pt"),
      ("unsigned-zip.pt", "unsigned.safetensors"),
    ] {
      try Weights.write(contentsOf: Weights.open(fixture(source)), to: scratch / target)
    }
    let vectors = WordVectors(words: ["é", "日本", "x"], vectors: Tensor([[0.1, -2], [3e-7, 4], [5, 6]]))
    try vectors.writeText(to: scratch / "vectors.txt")
    try vectors.writeBinary(to: scratch / "vectors.bin")

    let process = Process()
    process.executableURL = URL(fileURLWithPath: python ?? "")
    process.arguments = [fixture("../Goldens/verify_written.py"), scratch.path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && text.contains("all kinds agree"), "\(text)")
  }
}
