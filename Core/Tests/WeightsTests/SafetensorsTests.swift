import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

@Suite struct SafetensorsTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func whatIsWrittenIsReadToTheBit() throws {
    let path = scratch / "a.safetensors"
    try Safetensors.write(samples(), metadata: ["format": "pt", "note": "\"quoted\"\n\u{1}é"], to: path)
    let file = try Weights.open(path)
    #expect(file.format == .safetensors)
    #expect(file.metadata == ["format": "pt", "note": "\"quoted\"\n\u{1}é"])
    expectSame(try file.readAll(), samples())
    let copied = try Weights.open(path, options: ReadOptions(borrowsMappedMemory: false))
    expectSame(try copied.readAll(), samples())
  }

  @Test func equalContentsGiveEqualFilesWithAPaddedHeader() throws {
    try Safetensors.write(samples(), metadata: ["b": "1", "a": "2"], to: scratch / "a")
    try Safetensors.write(samples(), metadata: ["a": "2", "b": "1"], to: scratch / "b")
    let first = try contents(scratch / "a")
    #expect(first == (try contents(scratch / "b")))
    #expect(first[0] % 8 == 0)
  }

  @Test func tensorsStayInTheMappedFileUntilTheyAreChanged() throws {
    let path = scratch / "a.safetensors"
    try Safetensors.write(["w": Tensor<Float>(arange: 1000).erased], to: path)
    let file = try Weights.open(path)
    let once = try file.tensor(named: "w")
    var twice = try file.tensor(named: "w")
    let address: (AnyTensor) -> UInt = { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
    #expect(address(once) == address(twice))
    twice.withUnsafeMutableBytes { $0[0] = 1 }
    #expect(address(once) != address(twice))
    #expect(doubles(once)[0] == 0)
    #expect(contentsAreUntouched(path))
  }

  private func contentsAreUntouched(_ path: String) -> Bool {
    (try? Weights.open(path).tensor(named: "w")).map { doubles($0)[0] == 0 } ?? false
  }

  @Test func anUnknownNameIsAnsweredWithTheNearest() throws {
    let path = scratch / "a.safetensors"
    try Safetensors.write(samples(), to: path)
    let error = fileError { try Weights.open(path).tensor(named: "wieght") }
    #expect(error.place == .key("wieght"))
    #expect(error.help?.contains("\"weight\"") == true)
  }

  /// A file of this header and this many bytes of data.
  private func open(_ header: String, data: Int) throws -> any WeightFile {
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    let all = length + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    return try SafetensorsFile(scratch.file("x.safetensors", all))
  }

  @Test(arguments: [
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      12, "overlaps"
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "gap of 4"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "1 bytes at the end"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, "outside"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "takes 12 bytes"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      8, "appears twice"
    ),
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}"#, 0, "impossible"),
    (#"{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "impossible"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "impossible"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#, 8, "no shape"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "no range"),
    (#"{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}"#, 1, "type F4"),
    (#"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}"#, 4, "9 dimensions"),
    (#"{"__metadata__":{"a":1}}"#, 0, "strings"),
    (#"{"a":"# + String(repeating: "[", count: 5000), 0, "nested deeper"),
    (#"{"a":{"dtype":"F32"}} x"#, 0, "follows the end"),
    (#"[]"#, 0, "does not begin"),
  ])
  func aWrongHeaderIsRefused(_ header: String, _ data: Int, _ problem: String) {
    let error = fileError { try open(header, data: data) }
    #expect(error.problem.contains(problem), "\(error)")
    #expect(error.file.hasSuffix("x.safetensors"))
  }

  @Test func aHeaderLongerThanTheFileIsRefused() throws {
    for length: UInt64 in [100, 1 << 40, .max, 1 << 63] {
      let all = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
      let path = try scratch.file("long", all)
      #expect(fileError { try SafetensorsFile(path) }.problem.contains("claims \(length) bytes"))
    }
    for count in 0..<8 {
      let path = try scratch.file("short", [UInt8](repeating: 0, count: count))
      _ = fileError { try SafetensorsFile(path) }
    }
  }

  @Test func typesThatNoTensorHasAreKnownByName() throws {
    let file = try open(#"{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}"#, data: 2)
    #expect(file.entries.first?.dtypeInFile == .float8e4m3fn)
    let error = fileError { try file.tensor(named: "a") }
    #expect(error.place == .key("a") && error.problem.contains("float8_e4m3fn"))
  }

  @Test func aFileThatShrinksIsAnErrorAndNoCrash() throws {
    for borrows in [true, false] {
      let path = scratch / "shrinks.safetensors"
      try Safetensors.write(["w": Tensor<Float>(arange: 100_000).erased], to: path)
      let file = try Weights.open(path, options: ReadOptions(borrowsMappedMemory: borrows))
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.truncate(atOffset: 1000)
      try handle.close()
      let error = fileError { try file.tensor(named: "w") }
      #expect(error.problem.contains("changed") || error.problem.contains("shorter"), "\(error)")
    }
  }

  @Test func anIndexJoinsItsParts() throws {
    try Safetensors.write(
      ["a": Tensor<Float>([1, 2]).erased], metadata: ["format": "pt"], to: scratch / "m-1.safetensors")
    try Safetensors.write(["b": Tensor<Int64>([3]).erased], to: scratch / "m-2.safetensors")
    let index = #"{"metadata":{"total_size":16},"weight_map":{"b":"m-2.safetensors","a":"m-1.safetensors"}}"#
    let path = try scratch.file("model.safetensors.index.json", Array(index.utf8))
    let file = try Weights.open(path)
    #expect(file.names == ["b", "a"])
    #expect(file.metadata == ["total_size": "16", "format": "pt"])
    #expect(doubles(try file.tensor(named: "a")) == [1, 2])
    #expect(doubles(try file.tensor(named: "b")) == [3])
  }

  @Test func anIndexIsWrittenWithItsParts() throws {
    var tensors = NamedTensors()
    for index in 0..<5 { tensors["layer.\(index)"] = Tensor<Float>(repeating: Float(index), shape: [10]).erased }
    let path = scratch / "model.safetensors.index.json"
    try Safetensors.write(tensors, metadata: ["format": "pt"], toIndex: path, partSize: 100)
    let parts = try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter {
      $0.hasSuffix(".safetensors")
    }
    #expect(parts.sorted() == (1...3).map { "model-0000\($0)-of-00003.safetensors" })
    let file = try Weights.open(path)
    expectSame(try file.readAll(), tensors)
    #expect(file.metadata == ["total_size": "200", "format": "pt"])
    // A tensor that is larger than a part has one of its own; nothing at all is one empty part.
    try Weights.write(contentsOf: file, to: scratch / "b.safetensors.index.json", partSize: 1)
    #expect(try Weights.open(scratch / "b-00005-of-00005.safetensors").names == ["layer.4"])
    try Weights.write([:], to: scratch / "c.safetensors.index.json")
    #expect(try Weights.open(scratch / "c-00001-of-00001.safetensors").entries.isEmpty)
    #expect(fileError { try Safetensors.write(tensors, toIndex: scratch / "x.json") }.problem.contains("index.json"))
  }

  @Test(arguments: [
    (#"{"weight_map":{"a":"../m.safetensors"}}"#, "plain file name"),
    (#"{"weight_map":{"a":"/etc/passwd"}}"#, "plain file name"),
    (#"{"weight_map":{"a":7}}"#, "plain file name"),
    (#"{"weight_map":{"c":"m.safetensors"}}"#, "no tensor of this name"),
    (#"{"weight_map":{"a":"m.safetensors"}}"#, "not in the index"),
    (#"{"map":{}}"#, "weight_map"),
  ])
  func aWrongIndexIsRefused(_ index: String, _ problem: String) throws {
    try Safetensors.write(
      ["a": Tensor<Float>([1]).erased, "b": Tensor<Float>([2]).erased], to: scratch / "m.safetensors")
    let path = try scratch.file("i.json", Array(index.utf8))
    let error = fileError { try Weights.open(path) }
    #expect(error.problem.contains(problem), "\(error)")
  }
}
