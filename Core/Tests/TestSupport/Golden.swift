import D2LTensor
import Foundation

/// A file of reference results, written by a script in `Tools/Parity` and kept beside the test that reads it.
public struct Golden {
  private let entries: [String: Any]
  private let name: String

  /// Opens `Goldens/<name>.json` in the folder of the calling test file.
  public init(_ name: String, file: String = #filePath) throws {
    self.name = name
    let url = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Goldens/\(name).json")
    guard let entries = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] else {
      throw GoldenError(description: "\(url.lastPathComponent) is not an object")
    }
    self.entries = entries
  }

  /// The names of the entries, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// An entry as it stands.
  public func entry(_ key: String) throws -> Any {
    guard let entry = entries[key] else { throw GoldenError(description: "\(name) has no entry \(key)") }
    return entry
  }

  /// A number.
  public func number(_ key: String) throws -> Double {
    guard let value = Golden.number(try entry(key)) else { throw GoldenError(description: "\(key) is not a number") }
    return value
  }

  /// A list of names that `names` of formula.py stored: of each the part that the one before does not begin with.
  public func names(_ key: String) throws -> [String] { try Golden.names(try entry(key), key) }

  /// The same from a part of an entry.
  public static func names(_ entry: Any, _ key: String) throws -> [String] {
    guard let parts = entry as? [String] else { throw GoldenError(description: "\(key) is not a list of names") }
    var previous = ""
    return try parts.map { part in
      guard let space = part.firstIndex(of: " "), let shared = Int(part[..<space]), shared <= previous.count else {
        throw GoldenError(description: "\(key) holds \(part)")
      }
      previous = String(previous.prefix(shared)) + String(part[part.index(after: space)...])
      return previous
    }
  }

  /// An array stored whole.
  public func array<S: FloatingScalar>(_ key: String, as type: S.Type = S.self) throws -> Tensor<S> {
    try Golden.array(try entry(key), key)
  }

  /// An array stored whole, from a part of an entry.
  public static func array<S: FloatingScalar>(_ entry: Any, _ key: String, as type: S.Type = S.self) throws -> Tensor<S>
  {
    guard let parts = entry as? [String: Any], let shape = parts["shape"] as? [Int],
      let values = parts["values"] as? [Any]
    else { throw GoldenError(description: "\(key) is not an array") }
    let numbers = values.compactMap(Golden.number)
    guard numbers.count == values.count else { throw GoldenError(description: "\(key) holds what is no number") }
    return Tensor(shape: Shape(shape), values: numbers.map { S(fromDouble: $0) })
  }

  private static func number(_ value: Any) -> Double? {
    if let text = value as? String { return Double(text) }
    return (value as? NSNumber)?.doubleValue
  }

  /// How an array differs from a stored fingerprint (see `fingerprint` in formula.py), in words; nil if it does not. Sampled elements must
  /// agree within `relative` of themselves plus `relative` of the root mean square, inner products within `relative` of the norm.
  public func mismatch<S: FloatingScalar>(
    _ actual: Tensor<S>, with key: String, relative: Double = 1e-5
  ) throws -> String? {
    try Golden.mismatch(actual, with: try entry(key), key, relative: relative)
  }

  /// The same with a fingerprint that is a part of an entry.
  ///
  /// A root mean square below `floor` counts as that: for gradients that are zero but for rounding.
  public static func mismatch<S: FloatingScalar>(
    _ actual: Tensor<S>, with entry: Any, _ key: String, relative: Double = 1e-5, floor: Double = 0
  ) throws -> String? {
    guard let parts = entry as? [String: Any], let shape = parts["shape"] as? [Int],
      let norm = (parts["norm"] as? NSNumber)?.doubleValue, let samples = parts["samples"] as? [NSNumber],
      let projections = parts["projections"] as? [NSNumber]
    else { throw GoldenError(description: "\(key) is not a fingerprint") }
    if actual.shape != Shape(shape) { return "shape \(actual.shape), expected \(shape)" }
    // Converted as a whole: in a generic function, a call an element would cost more than the network whose gradients are compared.
    let values = actual.converted(to: Double.self).values
    let step = Swift.max(1, parts["step"] as? Int ?? values.count / 24)
    let picked = Swift.stride(from: 0, to: values.count, by: step).prefix(samples.count).map { values[$0] }
    let root = Double(Swift.max(values.count, 1)).squareRoot()
    let typical = Swift.max(norm / root, floor)
    if let problem = D2LTestSupport.mismatch(
      picked, samples.map(\.doubleValue), relative: relative, absolute: relative * typical + 1e-12)
    {
      return "samples: \(problem)"
    }
    for (number, expected) in projections.enumerated() {
      let dot = values.indices.reduce(0.0) { $0 + values[$1] * (2 * Formula.unit($1, 9000 + number) - 1) }
      if !(abs(dot - expected.doubleValue) <= relative * typical * root + 1e-12) {
        return "inner product \(number) is \(dot), expected \(expected.doubleValue), norm \(norm)"
      }
    }
    return nil
  }
}

/// A golden file that does not hold what a test asks for.
public struct GoldenError: Error, CustomStringConvertible {
  /// What is missing.
  public let description: String
}

/// The folder of real data named by the environment variable D2L_DATA, or nil: tests then run on generated data alone.
public let realData: URL? = ProcessInfo.processInfo.environment["D2L_DATA"].map { URL(fileURLWithPath: $0) }
