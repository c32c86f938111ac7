import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

/// SplitMix64 (Steele, Lea, Flood 2014): the same mutations on every machine.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// `bytes` with one to six changes: flips, extreme values, cuts, doubled and foreign pieces.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...6, using: &self) {
      guard !result.isEmpty else { return [UInt8.random(in: 0...255, using: &self)] }
      // Headers are at the beginning more often than not.
      let limit = Bool.random(using: &self) ? min(result.count, 256) : result.count
      let place = Int.random(in: 0..<limit, using: &self)
      switch Int.random(in: 0..<8, using: &self) {
      case 0: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 1: result[place] = UInt8.random(in: 0...255, using: &self)
      case 2:
        let value: UInt8 = [0, 0x7f, 0xff].randomElement(using: &self) ?? 0
        for index in place..<min(place + Int.random(in: 1...8, using: &self), result.count) { result[index] = value }
      case 3: result.removeSubrange(place...)
      case 4: result.removeSubrange(place..<min(place + Int.random(in: 1...16, using: &self), result.count))
      case 5:
        let end = min(place + Int.random(in: 1...64, using: &self), result.count)
        result.insert(contentsOf: result[place..<end], at: Int.random(in: 0...result.count, using: &self))
      case 6: result.insert(UInt8.random(in: 0...255, using: &self), at: place)
      default: result[place] = UInt8.random(in: 0x28...0x95, using: &self)  // Instructions of a pickle.
      }
    }
    return result
  }
}

@Suite struct FuzzTests {
  /// How many mutations of each fixture; more with D2L_FUZZ.
  static let rounds = ProcessInfo.processInfo.environment["D2L_FUZZ"].flatMap(Int.init) ?? 400

  static let fixtures =
    (try? FileManager.default.contentsOfDirectory(atPath: fixture("")).filter { !$0.hasPrefix(".") }.sorted()) ?? []

  /// Every outcome is a value or a FileError: anything else ends the process and is seen.
  @Test(arguments: fixtures) func damageIsAnErrorAndNoCrash(_ name: String) throws {
    let scratch = try Scratch()
    let original = try contents(fixture(name))
    var random = SplitMix(state: name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    var errors = 0
    for round in 0..<Self.rounds {
      // A zip archive is damaged inside every other time, its checksums made to fit.
      let archive = round % 2 == 0 ? try? ZipArchive(MemoryFile(original)) : nil
      let damaged = try archive.map { try Self.damagedInside($0, &random) } ?? random.mutated(original)
      let path = try scratch.file(String(round % 2) + name, damaged)
      do throws(FileError) {
        let file = try Weights.open(path, options: ReadOptions(borrowsMappedMemory: round % 4 < 2))
        for entry in file.entries {
          do {
            let tensor = try file.tensor(named: entry.name)
            #expect(tensor.shape == entry.shape)
            tensor.withUnsafeBytes { bytes in _ = bytes.reduce(UInt8(0), ^) }
            #expect(try file.bytes(named: entry.name).count == entry.byteCount)
          } catch { errors += 1 }
        }
        if let vectors = (file as? FastTextFile).map({ file in try? file.wordVectors() }) {
          _ = vectors?.vector(for: "unseen")
        }
      } catch {
        errors += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect(errors > 0)
  }

  /// The archive with one of its members mutated.
  private static func damagedInside(_ archive: ZipArchive, _ random: inout SplitMix) throws -> [UInt8] {
    var members = try archive.entries.map { ($0.name, try archive.bytes(of: $0)) }
    // The first member, a pickle or array, is where the structure is.
    let index = Bool.random(using: &random) ? 0 : Int.random(in: 0..<members.count, using: &random)
    members[index].1 = random.mutated(members[index].1)
    return try ZipWriter.archive(members, .stored)
  }
}
