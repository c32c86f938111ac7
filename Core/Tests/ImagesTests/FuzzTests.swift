import D2LImages
import Foundation
import Testing

/// Damaged files by the thousand: each gives a picture or an `ImageError`, in bounded memory, and leaks nothing.
///
/// They run in a process of their own, where a crash is seen and memory can be measured.
@Suite struct FuzzTests {
  @Test func damagedPNGs() async {
    await #expect(processExitsWith: .success) {
      var seeds = [[UInt8]]()
      for channels in 1...4 {
        seeds.append(try noise(width: 9, height: 7, channels: channels).encoded())
        seeds.append(try slopes(width: 40, height: 40, channels: channels).encoded())
        seeds.append(try Image16(noise(width: 5, height: 6, channels: channels)).pngBytes())
      }
      seeds += [Mutator.palettePNG, Mutator.interlacedPNG]
      for seed in seeds { _ = try Image(decoding: seed) }
      let outcome = try fuzz(seeds, rounds: 12_000)
      // Mutations that never got past the first check would prove nothing.
      #expect(outcome.pictures > 300 && outcome.errors > 5_000, "\(outcome)")
      #expect(outcome.messages.count > 20, "\(outcome.messages)")
    }
  }

  @Test func damagedJPEGs() async {
    await #expect(processExitsWith: .success) {
      var seeds = [[UInt8]]()
      for channels in [1, 3] {
        for progressive in [false, true] {
          for subsampling in ChromaSubsampling.allCases {
            let encoding = ImageEncoding.jpeg(quality: 60, subsampling: subsampling, progressive: progressive)
            seeds.append(try noise(width: 19, height: 21, channels: channels).encoded(as: encoding))
            seeds.append(try slopes(width: 48, height: 33, channels: channels).encoded(as: encoding))
          }
        }
      }
      let outcome = try fuzz(seeds, rounds: 12_000)
      #expect(outcome.pictures > 300 && outcome.errors > 5_000, "\(outcome)")
      #expect(outcome.messages.count > 20, "\(outcome.messages)")
    }
  }

  @Test func nothingLeaks() async {
    await #expect(processExitsWith: .success) {
      let picture = noise(width: 40, height: 40, channels: 3)
      let encodings: [ImageEncoding] = [.png(), .jpeg(), .jpeg(progressive: true)]
      func work(_ rounds: Int) throws {
        for _ in 0..<rounds {
          for encoding in encodings {
            let file = try picture.encoded(as: encoding)
            // Errors in the head, among the pixels and at the end.
            for length in [file.count / 20, file.count / 2, file.count - 1] {
              #expect(throws: ImageError.self) { try Image(decoding: Array(file.prefix(length))) }
            }
          }
        }
      }
      try work(50)
      let before = peakMemory()
      try work(1_000)
      // A reader left behind would be 50 KB, of 9,000.
      #expect(peakMemory() - before < 16 << 20)
    }
  }
}

private struct Outcome {
  var pictures = 0, errors = 0
  var messages: Set<String> = []
}

private func fuzz(_ seeds: [[UInt8]], rounds: Int) throws -> Outcome {
  var outcome = Outcome()
  var mutator = Mutator(generator: SeededGenerator(seed: 11), seeds: seeds)
  var options = ImageDecodingOptions(limits: ImageLimits(maxPixels: 1 << 20))
  let before = peakMemory()
  for round in 0..<rounds {
    let bytes = mutator.next()
    options.damage = round % 2 == 0 ? .refuse : .keep
    do throws(ImageError) {
      let image = try Image(decoding: bytes, options: options)
      #expect(image.pixels.count == image.width * image.height * image.channels)
      outcome.pictures += 1
    } catch {
      outcome.errors += 1
      outcome.messages.insert(error.problem)
    }
    if round % 5 == 0 { _ = try? Image16(decoding: bytes, options: options) }
  }
  // A million pixels of four channels in 16 bits, with libjpeg's coefficients: 64 MiB are plenty.
  #expect(peakMemory() - before < 64 << 20)
  return outcome
}

/// The most memory this process ever had, in bytes.
private func peakMemory() -> Int {
  var usage = rusage()
  // RUSAGE_SELF, which has different types on different systems.
  getrusage(0, &usage)
  #if canImport(Darwin)
    return usage.ru_maxrss
  #else
    return usage.ru_maxrss * 1024
  #endif
}

/// Changes files a little: bits, bytes, blocks, ends. Half of the PNGs get right sums again, to pass the first check.
private struct Mutator {
  var generator: SeededGenerator
  let seeds: [[UInt8]]

  mutating func next() -> [UInt8] {
    var bytes = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty { mutate(&bytes) }
    if bytes.starts(with: [0x89, 0x50]) && Bool.random(using: &generator) { Self.repairSums(&bytes) }
    return bytes
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    let length = min(Int.random(in: 1...16, using: &generator), bytes.count - place)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2, 3: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 4: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
    case 5: bytes.removeSubrange(place..<place + length)
    case 6: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    default:
      if Int.random(in: 0..<4, using: &generator) == 0 { bytes.removeLast(bytes.count - place) }
    }
  }

  static func repairSums(_ bytes: inout [UInt8]) {
    var chunk = 8
    while chunk + 12 <= bytes.count {
      let length = bytes[chunk..<chunk + 4].reduce(0) { $0 << 8 | Int($1) }
      guard chunk + 12 + length <= bytes.count else { return }
      let end = chunk + 8 + length
      let sum = crc32(bytes[chunk + 4..<end])
      for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: sum >> ((3 - index) * 8)) }
      chunk = end + 4
    }
  }

  /// Four pixels of two bits, a palette of three colors with transparency, stored without compression.
  static let palettePNG = png([
    ("IHDR", [0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 0, 0, 0]), ("PLTE", [255, 0, 0, 0, 255, 0, 0, 0, 255]), ("tRNS", [9, 99]),
    ("IDAT", [0x78, 1, 1, 2, 0, 0xFD, 0xFF, 0, 0b00_01_10_01, 0x00, 0x1B, 0x00, 0x1A]), ("IEND", []),
  ])

  /// One row of two gray pixels in two passes.
  static let interlacedPNG = png([
    ("IHDR", [0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 1]), ("tRNS", [0, 77]),
    ("IDAT", [0x78, 1, 1, 4, 0, 0xFB, 0xFF, 0, 77, 0, 88, 0x01, 0x43, 0x00, 0xA6]), ("IEND", []),
  ])

  private static func png(_ chunks: [(String, [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    for (name, data) in chunks { bytes += [0, 0, 0, UInt8(data.count)] + Array(name.utf8) + data + [0, 0, 0, 0] }
    repairSums(&bytes)
    return bytes
  }
}
