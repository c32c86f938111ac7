import ArgumentParser
import D2LCore
import Foundation

/// `d2l bench load`: what it costs to open and read a file of weights, in a process that does nothing else.
struct LoadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Measure opening and reading a file of weights: time, and memory that becomes resident.",
    discussion: "Prints one JSON object. Tools/Parity/large_file.py runs it beside Python's safetensors.")

  @Argument(help: "The file.")
  var file: String

  @Flag(help: "Copy every tensor out of the file, instead of leaving it in the mapped pages.")
  var copy = false

  /// Times in milliseconds, memory in megabytes of 1,000,000 bytes.
  private struct Reading: Encodable {
    let fileMB: Double
    let openMs: Double
    let openMB: Double
    let oneMs: Double
    /// The size of that one tensor.
    let oneSizeMB: Double
    let oneMB: Double
    let allMs: Double
    /// Reading all numbers, once they are there.
    let sumMs: Double
    let allMB: Double

    enum CodingKeys: String, CodingKey {
      case fileMB = "file_mb"
      case openMs = "open_ms"
      case openMB = "open_resident_mb"
      case oneMs = "one_tensor_ms"
      case oneSizeMB = "one_tensor_mb"
      case oneMB = "one_tensor_resident_mb"
      case allMs = "all_ms"
      case sumMs = "sum_ms"
      case allMB = "all_resident_mb"
    }
  }

  func run() throws {
    let clock = ContinuousClock()
    let before = LoadCommand.residentMB
    func grown() -> Double { LoadCommand.residentMB - before }
    func ms(_ duration: Duration) -> Double { duration / .milliseconds(1) }

    var opened: (any WeightFile)?
    let open = try clock.measure { opened = try Weights.open(file, options: ReadOptions(borrowsMappedMemory: !copy)) }
    guard let weights = opened, let last = weights.entries.last else {
      throw CommandFailure(description: "\(file) has no tensors")
    }
    let openMB = grown()
    let one = try clock.measure { _ = LoadCommand.sum(try weights.tensor(named: last.name)) }
    let oneMB = grown() - openMB
    var tensors = NamedTensors()
    let all = try clock.measure { tensors = try weights.readAll() }
    let sum = clock.measure { for (_, tensor) in tensors { _ = LoadCommand.sum(tensor) } }
    let reading = Reading(
      fileMB: Double(weights.entries.reduce(0) { $0 + $1.byteCount }) / 1e6, openMs: ms(open), openMB: openMB,
      oneMs: ms(one), oneSizeMB: Double(last.byteCount) / 1e6, oneMB: oneMB, allMs: ms(all), sumMs: ms(sum),
      allMB: grown())
    try printJSON(reading)
  }

  /// Touches every number.
  private static func sum(_ tensor: AnyTensor) -> Float { Tensor<Float>(converting: tensor).sum().item() }

  /// Memory of this process that is resident, mapped files included.
  private static var residentMB: Double {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return .nan }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? .nan
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
  }
}
