import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

/// A folder of its own for one test, removed when the value is released.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/d2l-weights-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ content: [UInt8]) throws -> String {
    let path = self / name
    try Data(content).write(to: URL(fileURLWithPath: path))
    return path
  }

  static func / (scratch: Scratch, name: String) -> String { scratch.path + "/" + name }
}

func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// The file in `Fixtures` of this name.
func fixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
}

/// The folder of real data sets, nil where there is none.
let realData = ProcessInfo.processInfo.environment["D2L_DATA"].flatMap { $0.isEmpty ? nil : $0 }

/// Why tests of real data are skipped.
let needsRealData: Comment = "D2L_DATA is not set to a folder with the real data sets"

/// A Python with torch, safetensors, numpy and gensim, nil where none is named.
let python = ProcessInfo.processInfo.environment["D2L_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }

/// Why tests against the real libraries are skipped.
let needsPython: Comment = "D2L_PYTHON does not name a Python with torch, safetensors, numpy and gensim"

/// The `FileError` that `body` throws; records an issue if it throws none or another error.
func fileError(_ location: SourceLocation = #_sourceLocation, _ body: () throws -> Any) -> FileError {
  do {
    let value = try body()
    Issue.record("no error, but \(String(describing: value).prefix(200))", sourceLocation: location)
  } catch let error as FileError {
    return error
  } catch {
    Issue.record("not a FileError: \(error)", sourceLocation: location)
  }
  return FileError(file: "", problem: "")
}

/// The dense bytes of a tensor.
func bytes(_ tensor: AnyTensor) -> [UInt8] { tensor.withUnsafeBytes { [UInt8]($0) } }

/// Whether two tensors are equal to the bit.
func same(_ left: AnyTensor?, _ right: AnyTensor?) -> Bool {
  guard let left, let right else { return false }
  return left.dtype == right.dtype && left.shape == right.shape && bytes(left) == bytes(right)
}

/// The elements as Double, in row-major order.
func doubles(_ tensor: AnyTensor) -> [Double] { Tensor<Double>(converting: tensor).values }

/// Tensors of every type, with NaN, infinities, an empty one and a scalar.
func samples() -> NamedTensors {
  [
    "flags": Tensor<Bool>([true, false, true]).erased,
    "weight": Tensor<Float>([[1.5, -2, .nan], [.infinity, 0, -0.0]]).erased,
    "double": Tensor<Double>([0.1, -1e300]).erased,
    "bytes": Tensor<UInt8>([0, 1, 255]).erased,
    "steps": Tensor<Int64>(-9_000_000_000).erased,
    "ids": Tensor<Int32>([[-1, 2]]).erased,
    "empty": Tensor<Float>(zeros: [0, 4]).erased,
  ]
}

/// Whether all tensors are there, in order, equal to the bit.
func expectSame(_ actual: NamedTensors, _ expected: NamedTensors, _ location: SourceLocation = #_sourceLocation) {
  #expect(actual.names == expected.names, sourceLocation: location)
  for (name, tensor) in expected {
    #expect(same(actual[name], tensor), "\(name) differs", sourceLocation: location)
  }
}
