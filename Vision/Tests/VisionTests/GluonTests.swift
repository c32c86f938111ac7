import D2LCore
import D2LTestSupport
import D2LVision
import Foundation
import Testing

/// MXNet Gluon's model zoo, by the names and scores that Tools/Parity/gluon_models.py wrote down.
@Suite struct GluonTests {
  static let variants = VisionModel.all.filter { $0.gluon != nil }.map(\.name)

  private struct Entry {
    let paths, counted: [String]
    let parts: [String: Any]

    init(_ name: String) throws {
      parts = try #require(try Golden("gluon").entry(name) as? [String: Any])
      paths = try Golden.names(try #require(parts["paths"]), name)
      counted = try Golden.names(try #require(parts["counted"]), name)
    }
  }

  /// Every name of Gluon's, in both kinds of files, finds its place, and no place is left.
  @Test(arguments: variants) func allNamesFindTheirPlaces(_ name: String) throws {
    let entry = try Entry(name)
    let kind = try VisionModel.named(name)
    let model = withoutInitialization { kind.make(for: .gluon) }
    let places = Set(model.state.map(\.name).filter { !$0.hasSuffix("num_batches_tracked") })
    for names in [entry.paths, entry.counted] {
      let map = try #require(kind.keyMap(forGluon: names))
      let found = names.compactMap { map($0) }
      #expect(found.count == names.count && Set(found) == places)
    }
    // Both kinds of names stand for the same parameters.
    let (paths, counted) = (
      try #require(kind.keyMap(forGluon: entry.paths)), try #require(kind.keyMap(forGluon: entry.counted))
    )
    #expect(entry.paths.map { paths($0) } == entry.counted.map { counted($0) })
  }

  /// The smaller networks, loaded from a file as MXNet writes it, give MXNet's scores.
  @Test(arguments: ["alexnet", "resnet18", "resnet50", "densenet121", "squeezenet1_0", "squeezenet1_1", "mobilenet_v2"])
  func scoresAreMXNets(_ name: String) throws {
    let entry = try Entry(name)
    let shapes = try #require(entry.parts["shapes"] as? [[Int]])
    let folder = try TemporaryFolder()
    let x: Tensor<Float> = Formula.uniform([1, 3, 224, 224], 1)
    // Older names for every other network, which halves the time.
    let isOlder = name.hasSuffix("18") || name.hasSuffix("1") || name.hasPrefix("mobile")
    let tensors = zip(entry.paths, shapes).map { FormulaWeights.values($0, Shape($1)) }
    let names = isOlder ? entry.counted : entry.paths
    let path = folder.file("\(name).params")
    try MXNetWriter.write(Array(zip(names, tensors)), to: path)
    let loaded = try VisionModel.named(name).load(path)
    #expect(loaded.origin == .gluon && loaded.report.isComplete)
    let scores = loaded.model.evaluating { loaded.model(x) }
    let problem = try Golden.mismatch(scores, with: try #require(entry.parts["scores"]), name, relative: 1e-4)
    #expect(problem == nil)
  }

  @Test func aNetworkThatGluonDoesNotHave() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.params")
    try MXNetWriter.write([("conv0_weight", Tensor(zeros: [1, 1, 1, 1]))], to: path)
    let error = #expect(throws: FileError.self) { try VisionModel.named("googlenet").load(path) }
    #expect(error?.problem.contains("no googlenet") == true)
  }
}

/// Arrays in the format of MXNet 1.x, `NDArray::Save` of V2: for tests, because the library only reads it.
enum MXNetWriter {
  static func write(_ arrays: [(String, Tensor<Float>)], to path: String) throws {
    var bytes = Data()
    func add<T: FixedWidthInteger>(_ value: T) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    add(UInt64(0x112))
    add(UInt64(0))
    add(UInt64(arrays.count))
    for (_, array) in arrays {
      add(UInt32(0xf993_fac9))
      add(Int32(0))
      add(Int32(array.rank))
      for size in array.shape { add(Int64(size)) }
      add(Int32(1))
      add(Int32(0))
      add(Int32(0))
      array.withUnsafeBufferPointer { bytes.append(Data(buffer: $0)) }
    }
    add(UInt64(arrays.count))
    for (name, _) in arrays {
      add(UInt64(name.utf8.count))
      bytes.append(contentsOf: name.utf8)
    }
    try bytes.write(to: URL(filePath: path))
  }
}
