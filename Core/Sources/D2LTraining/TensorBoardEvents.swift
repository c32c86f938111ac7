import D2LFiles
import Foundation

/// The curves of a run as TensorBoard shows them while it goes on: `tensorboard --logdir runs`.
///
/// ```swift
/// let events = try TensorBoardEvents(folder: "runs/first")
/// try events.write(["loss/train": 0.25, "loss/test": 0.31], step: 1)
/// ```
///
/// An event file is a row of records: the length of a message and the message, a checksum behind each. The messages are `Event` and `Summary` of
/// TensorFlow's `event.proto` and `summary.proto`. Of the protocol buffers' wire format they take four kinds of fields, less than a page; the library for all of
/// it would be the largest thing that Core compiles.
public final class TensorBoardEvents {
  /// The file: `events.out.tfevents.<seconds since 1970>.d2l` in the folder.
  public let path: String
  private let file: FileHandle

  /// Begins a file in a folder that exists; TensorBoard calls the curves by the folder's name. Throws a `FileError` where it cannot be written.
  public init(folder: String, at time: Date = Date()) throws(FileError) {
    path = "\(folder)/events.out.tfevents.\(Int(time.timeIntervalSince1970)).d2l"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    guard descriptor >= 0 else { throw FileError(file: path, errno: errno, cannot: "create the file") }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var event = ProtocolMessage()
    event.add(1, time.timeIntervalSince1970)  // wall_time
    event.add(3, "brain.Event:2")  // file_version
    try append(event)
  }

  /// Writes a point of each curve, by the curves' names; TensorBoard groups names by what stands before the slash.
  public func write(_ values: [String: Double], step: Int, at time: Date = Date()) throws(FileError) {
    var summary = ProtocolMessage()
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      var point = ProtocolMessage()
      point.add(1, name)  // tag
      point.add(2, Float(value))  // simple_value
      summary.add(1, point)
    }
    var event = ProtocolMessage()
    event.add(1, time.timeIntervalSince1970)  // wall_time
    event.add(2, Int64(step))  // step
    event.add(5, summary)
    try append(event)
  }

  /// Writes what an epoch came to: `loss/train`, `loss/test` and so on, and `examples_per_second`.
  public func write(_ report: EpochReport, at time: Date = Date()) throws(FileError) {
    var values = ["examples_per_second": report.examplesPerSecond]
    for name in report.training.names { values["\(name)/train"] = report.training[name] }
    for name in report.validation?.names ?? [] { values["\(name)/test"] = report.validation?[name] }
    try write(values, step: report.epoch, at: time)
  }

  /// Writes the record of a message: length, checksum of the length, message, checksum of the message.
  private func append(_ message: ProtocolMessage) throws(FileError) {
    let length = littleEndianBytes(UInt64(message.bytes.count))
    let record =
      length + littleEndianBytes(maskedCRC32C(length)) + message.bytes + littleEndianBytes(maskedCRC32C(message.bytes))
    do {
      try file.write(contentsOf: Data(record))
    } catch {
      throw FileError(file: path, problem: "cannot write: \(error.localizedDescription)")
    }
  }
}

/// A message in the wire format of protocol buffers: each field as its number, how it is coded, and its value.
struct ProtocolMessage {
  private(set) var bytes: [UInt8] = []

  private mutating func begin(_ field: UInt64, coding: UInt64) { addVariable(field << 3 | coding) }

  /// Seven bits a byte, the lowest first; all but the last byte have the highest bit set.
  private mutating func addVariable(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func add(_ field: UInt64, _ value: Int64) {
    begin(field, coding: 0)
    addVariable(UInt64(bitPattern: value))
  }

  mutating func add(_ field: UInt64, _ value: Double) {
    begin(field, coding: 1)
    bytes += littleEndianBytes(value.bitPattern)
  }

  mutating func add(_ field: UInt64, _ value: String) { add(field, Array(value.utf8)) }

  mutating func add(_ field: UInt64, _ value: ProtocolMessage) { add(field, value.bytes) }

  private mutating func add(_ field: UInt64, _ value: [UInt8]) {
    begin(field, coding: 2)
    addVariable(UInt64(value.count))
    bytes += value
  }

  mutating func add(_ field: UInt64, _ value: Float) {
    begin(field, coding: 5)
    bytes += littleEndianBytes(value.bitPattern)
  }
}

private func littleEndianBytes<I: FixedWidthInteger>(_ value: I) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// CRC-32C (Castagnoli's polynomial), turned and shifted as event files have it, so that the checksum of bytes with a checksum in them is not its own.
private func maskedCRC32C(_ bytes: [UInt8]) -> UInt32 {
  var crc = UInt32.max
  for byte in bytes { crc = castagnoli[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
  crc = ~crc
  return (crc >> 15 | crc << 17) &+ 0xa282_ead8
}

private let castagnoli: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
}
