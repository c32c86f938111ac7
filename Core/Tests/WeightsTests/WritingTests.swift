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
    #expect(process.terminationStatus == 0 && text.contains("all 7 kinds agree"), "\(text)")
  }
}
