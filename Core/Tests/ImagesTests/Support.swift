import D2LImages
import Foundation
import Testing

/// The folder of real images, if the environment names one.
enum RealImages {
  static let folder: String? = ProcessInfo.processInfo.environment["D2L_DATA"].map { $0 + "/images" }
  static let isThere = folder.map { FileManager.default.fileExists(atPath: $0) } ?? false
  static let missing: Comment = "needs real images: set D2L_DATA to the data folder"

  static func path(_ name: String) throws -> String { try #require(folder) + "/" + name }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// The rows of a table below its head, by column.
  static func table(_ name: String) throws -> [[String]] {
    let text = try String(contentsOfFile: path(name), encoding: .utf8)
    return text.split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
  }

  static func names(in folder: String, suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0.hasSuffix(suffix) }.sorted()
      .map { folder + "/" + $0 }
  }
}

/// SplitMix64: equal seeds give equal pictures on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Noise: every sample counts when it is compared.
func noise(width: Int, height: Int, channels: Int, seed: UInt64 = 1) -> Image {
  var generator = SeededGenerator(seed: seed)
  let pixels = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &generator) }
  return Image(width: width, height: height, channels: channels, pixels: pixels)
}

/// Slopes, as a JPEG can hold them.
func slopes(width: Int, height: Int, channels: Int) -> Image {
  var pixels = [UInt8]()
  for y in 0..<height {
    for x in 0..<width {
      for channel in 0..<channels {
        pixels.append(UInt8([x * 255 / max(width - 1, 1), y * 255 / max(height - 1, 1), 128, 200][channel]))
      }
    }
  }
  return Image(width: width, height: height, channels: channels, pixels: pixels)
}

/// Expects samples within `tolerance`, and says where they are farthest apart.
func expectClose(
  _ found: Image, _ wanted: Image, within tolerance: Int, _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let (size, wantedSize) = (
    [found.width, found.height, found.channels], [wanted.width, wanted.height, wanted.channels]
  )
  #expect(size == wantedSize, "\(name)", sourceLocation: sourceLocation)
  guard size == wantedSize else { return }
  var worst = (index: 0, distance: 0)
  for index in found.pixels.indices {
    let distance = abs(Int(found.pixels[index]) - Int(wanted.pixels[index]))
    if distance > worst.distance { worst = (index, distance) }
  }
  guard worst.distance > tolerance else { return }
  let (pixel, channel) = worst.index.quotientAndRemainder(dividingBy: found.channels)
  Issue.record(
    """
    \(name) (\(pixel % found.width), \(pixel / found.width)) channel \(channel): \
    \(found.pixels[worst.index]), not \(wanted.pixels[worst.index])
    """, sourceLocation: sourceLocation)
}

/// A new folder that is gone after `body`.
func inTemporaryFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("d2l-images-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

/// SHA-256 in hexadecimal digits (FIPS 180-4).
func sha256(_ message: [UInt8]) -> String {
  // The first 32 bits of the fractions of the square and cube roots of the first primes.
  let primes = (2...311).filter { n in !(2..<n).contains { n % $0 == 0 } }
  func fraction(_ x: Double) -> UInt32 { UInt32((x - x.rounded(.down)) * 4_294_967_296) }
  var hash = primes.prefix(8).map { fraction(Double($0).squareRoot()) }
  let constants = primes.map { fraction(cbrt(Double($0))) }
  func rotated(_ x: UInt32, _ count: UInt32) -> UInt32 { x >> count | x << (32 - count) }

  var padded = message + [0x80]
  while padded.count % 64 != 56 { padded.append(0) }
  padded += (0..<8).reversed().map { UInt8(truncatingIfNeeded: (message.count * 8) >> ($0 * 8)) }
  for block in stride(from: 0, to: padded.count, by: 64) {
    var w = (0..<16).map { i in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + i * 4 + $1]) } }
    for i in 16..<64 {
      let s0 = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ w[i - 15] >> 3
      let s1 = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ w[i - 2] >> 10
      w.append(w[i - 16] &+ s0 &+ w[i - 7] &+ s1)
    }
    var v = hash
    for i in 0..<64 {
      let s1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25)
      let choice = v[4] & v[5] ^ ~v[4] & v[6]
      let t1 = v[7] &+ s1 &+ choice &+ constants[i] &+ w[i]
      let s0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22)
      let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
      v = [t1 &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
    }
    for i in 0..<8 { hash[i] &+= v[i] }
  }
  return hash.map { word in (0..<8).reversed().map { String(word >> ($0 * 4) & 15, radix: 16) }.joined() }.joined()
}

/// The sum that ends a chunk of a PNG.
func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  var sum = ~UInt32(0)
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
  }
  return ~sum
}
