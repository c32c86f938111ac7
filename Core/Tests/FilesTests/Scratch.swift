import D2LFiles
import Foundation
import Testing

/// A folder of its own for one test, removed when the value is released.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/d2l-files-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ content: [UInt8]) throws -> String {
    let path = path + "/" + name
    try Data(content).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Names in the folder, sorted.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// The folder of real data sets, nil where there is none.
let realData = ProcessInfo.processInfo.environment["D2L_DATA"].flatMap { $0.isEmpty ? nil : $0 }

/// Why tests of real data are skipped.
let needsRealData: Comment = "D2L_DATA is not set to a folder with the real data sets"

func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

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

/// SplitMix64 (Steele, Lea, Flood 2014): small and the same everywhere, for data and mutations that can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

  /// Text with repetitions, so that it compresses.
  mutating func text(_ count: Int) -> [UInt8] {
    let words = (0..<50).map { _ in
      (0..<Int.random(in: 2...9, using: &self)).map { _ in UInt8.random(in: 97...122, using: &self) }
    }
    var result: [UInt8] = []
    while result.count < count { result += words[Int.random(in: 0..<50, using: &self)] + [32] }
    return Array(result.prefix(count))
  }

  /// `bytes` with one bit turned or one byte replaced: damage that leaves all offsets in place.
  mutating func touched(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.isEmpty else { return bytes }
    var result = bytes
    let place = Int.random(in: 0..<bytes.count, using: &self)
    result[place] =
      Bool.random(using: &self)
      ? bytes[place] ^ (1 << UInt8.random(in: 0..<8, using: &self)) : UInt8.random(in: 0...255, using: &self)
    return result
  }

  /// `bytes` with one to eight changes: flips, extreme values, cuts, doubled and foreign pieces.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...8, using: &self) {
      guard !result.isEmpty else { return [UInt8.random(in: 0...255, using: &self)] }
      let place = Int.random(in: 0..<result.count, using: &self)
      switch Int.random(in: 0..<8, using: &self) {
      case 0: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 1: result[place] = UInt8.random(in: 0...255, using: &self)
      case 2:
        let length = Int.random(in: 1...8, using: &self)
        let value: UInt8 = Bool.random(using: &self) ? 0xff : 0
        for index in place..<min(place + length, result.count) { result[index] = value }
      case 3: result.removeSubrange(place...)
      case 4: result.removeSubrange(place..<min(place + Int.random(in: 1...16, using: &self), result.count))
      case 5:
        let end = min(place + Int.random(in: 1...64, using: &self), result.count)
        result.insert(contentsOf: result[place..<end], at: Int.random(in: 0...result.count, using: &self))
      case 6: result.insert(UInt8.random(in: 0...255, using: &self), at: place)
      default:
        // A 16-bit field set to a small or an extreme number.
        let value = [0, 1, 0x7fff, 0x8000, 0xffff].randomElement(using: &self) ?? 0
        result[place] = UInt8(value & 0xff)
        if place + 1 < result.count { result[place + 1] = UInt8(value >> 8) }
      }
    }
    return result
  }
}
