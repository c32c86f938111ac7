import CD2LKernels
import Foundation
import Testing

/// Philox 4x32-10 once more, word by word from the paper.
private func philox(_ key: (UInt32, UInt32), _ counter: [UInt32]) -> [UInt32] {
  var (k0, k1) = key
  var c = counter
  for _ in 0..<10 {
    let p0 = UInt64(c[0]) * 0xD251_1F53
    let p1 = UInt64(c[2]) * 0xCD9E_8D57
    c = [
      UInt32(p1 >> 32) ^ c[1] ^ k0, UInt32(truncatingIfNeeded: p1), UInt32(p0 >> 32) ^ c[3] ^ k1,
      UInt32(truncatingIfNeeded: p0),
    ]
    k0 &+= 0x9E37_79B9
    k1 &+= 0xBB67_AE85
  }
  return c
}

/// Four words of a block of a stream.
private func words(_ seed: UInt64, _ block: UInt64) -> [UInt32] {
  let half = { (x: UInt64) in UInt32(truncatingIfNeeded: x) }
  return philox((half(seed), half(seed >> 32)), [half(block), half(block >> 32), 0, 0])
}

private let seed: UInt64 = 0x1234_5678_9ABC_DEF0
private let block: UInt64 = (1 << 32) - 5  // the low word of the counter overflows on the way

@Suite struct RandomKernelTests {
  @Test func knownAnswers() {
    // From the reference implementation's list: the one with counter and key zero, through the kernel; the others test the test.
    var drawn = [UInt32](repeating: 0, count: 4)
    d2l_philox(0, 0, &drawn)
    #expect(drawn == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    #expect(philox((0, 0), [0, 0, 0, 0]) == drawn)
    let ones = UInt32.max
    #expect(philox((ones, ones), [ones, ones, ones, ones]) == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    #expect(
      philox((0xa409_3822, 0x299f_31d0), [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344])
        == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    for block in [0, 1, 77, UInt64(1) << 40 | 3, .max] {
      d2l_philox(seed, block, &drawn)
      #expect(drawn == words(seed, block))
    }
  }

  @Test func uniform() {
    for size in sizes {
      let float: [Float] = filled(size) { d2l_random_uniform(D2L_FLOAT, $0, Int64(size), seed, block, -1, 3) }
      let expected = (0..<size).map { i -> Float in
        -1 + Float(words(seed, block + UInt64(i / 4))[i % 4] >> 8) * 0x1p-24 * 4
      }
      #expect(difference(float, expected) == nil)
      let double: [Double] = filled(size) { d2l_random_uniform(D2L_DOUBLE, $0, Int64(size), seed, block, -1, 3) }
      let wanted = (0..<size).map { i -> Double in
        let w = words(seed, block + UInt64(i / 2))
        return -1 + Double((UInt64(w[i % 2 * 2]) << 32 | UInt64(w[i % 2 * 2 + 1])) >> 11) * 0x1p-53 * 4
      }
      #expect(difference(double, wanted) == nil)
      #expect(d2l_random_blocks(D2L_FLOAT, Int64(size)) == UInt64((size + 3) / 4))
      #expect(d2l_random_blocks(D2L_DOUBLE, Int64(size)) == UInt64((size + 1) / 2))
    }
  }

  /// A range so small that the product rounds up to its end.
  @Test func uniformNeverReachesTheEnd() {
    let (low, high) = (Float(1), Float(1).nextUp.nextUp)
    let x: [Float] = filled(10_000) { d2l_random_uniform(D2L_FLOAT, $0, 10_000, 1, 0, Double(low), Double(high)) }
    #expect(Set(x) == [low, low.nextUp])
  }

  @Test func normalIsBoxMuller() {
    for size in sizes {
      let float: [Float] = filled(size) { d2l_random_normal(D2L_FLOAT, $0, Int64(size), seed, block, 2, 0.5) }
      let expected = (0..<size).map { i -> Double in
        let w = words(seed, block + UInt64(i / 4))
        let (u, v) = (Double(w[i % 4 / 2 * 2]) + 0.5, Double(w[i % 4 / 2 * 2 + 1]))
        let radius = (-2 * log(u * 0x1p-32)).squareRoot()
        let angle = 2 * Double.pi * v * 0x1p-32
        return 2 + 0.5 * radius * (i % 2 == 0 ? cos(angle) : sin(angle))
      }
      #expect(disagreement(float, expected, absolute: 2e-6) == nil)
      let double: [Double] = filled(size) { d2l_random_normal(D2L_DOUBLE, $0, Int64(size), seed, block, 2, 0.5) }
      let wanted = (0..<size).map { i -> Double in
        let w = words(seed, block + UInt64(i / 2)).map { UInt64($0) }
        let radius = (-2 * log((Double(w[0] << 32 | w[1]) + 0.5) * 0x1p-64)).squareRoot()
        let angle = 2 * Double.pi * (Double(w[2] << 32 | w[3]) * 0x1p-64)
        return 2 + 0.5 * radius * (i % 2 == 0 ? cos(angle) : sin(angle))
      }
      #expect(disagreement(double, wanted, absolute: 1e-14) == nil)
    }
  }

  /// The same bits on every processor: sums over the bits of a fill, written down once.
  @Test func normalHasTheSameBitsEverywhere() {
    let float: [Float] = filled(10_000) { d2l_random_normal(D2L_FLOAT, $0, 10_000, 7, 0, 0, 1) }
    let double: [Double] = filled(10_000) { d2l_random_normal(D2L_DOUBLE, $0, 10_000, 7, 0, 0, 1) }
    #expect(float.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1.bitPattern) } == 18_411_939_443_496_745_659)
    #expect(double.reduce(UInt64(0)) { $0 &* 31 &+ $1.bitPattern } == 17_335_155_064_969_101_494)
  }

  @Test func momentsOfTheNormal() {
    let count = 1_000_000
    let x: [Float] = filled(count) { d2l_random_normal(D2L_FLOAT, $0, Int64(count), 42, 0, 0, 1) }
    let moments = (1...4).map { power in x.reduce(0.0) { $0 + pow(Double($1), Double(power)) } / Double(count) }
    // Five standard errors of each estimate.
    #expect(
      abs(moments[0]) < 5e-3 && abs(moments[1] - 1) < 7.1e-3 && abs(moments[2]) < 2e-2 && abs(moments[3] - 3) < 5e-2)
    // How many lie within one deviation, and beyond three.
    let within = Double(x.count { abs($0) < 1 }) / Double(count)
    let beyond = Double(x.count { abs($0) > 3 }) / Double(count)
    #expect(abs(within - 0.6826895) < 2.4e-3 && abs(beyond - 0.0026998) < 2.6e-4)
    // Neighbours, which share a radius, do not correlate.
    var products = 0.0
    for index in stride(from: 0, to: count, by: 2) { products += Double(x[index] * x[index + 1]) }
    #expect(abs(products / Double(count / 2)) < 7.1e-3)
  }

  @Test func uniformFillsItsRangeEvenly() {
    let count = 1 << 20
    let x: [Float] = filled(count) { d2l_random_uniform(D2L_FLOAT, $0, Int64(count), 3, 0, 0, 1) }
    var bins = [Int](repeating: 0, count: 256)
    for value in x { bins[Int(value * 256)] += 1 }
    let expected = Double(count / 256)
    let chiSquared = bins.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    #expect(chiSquared > 150 && chiSquared < 380)  // 255 degrees of freedom: 255 +- 23
  }

  private func checkIntegers<T: FixedWidthInteger & KernelScalar>(_ low: T, _ high: T) {
    for size in sizes {
      let x: [T] = filled(size) { d2l_random_integers(T.type, $0, Int64(size), seed, block, Int64(low), Int64(high)) }
      let range = UInt64(bitPattern: Int64(high) &- Int64(low))
      let expected = (0..<size).map { i -> T in
        let w = words(seed, block + UInt64(i / 2))
        let bits = UInt64(w[i % 2 * 2]) << 32 | UInt64(w[i % 2 * 2 + 1])
        return T(Int64(low) &+ Int64(bitPattern: bits.multipliedFullWidth(by: range).high))
      }
      #expect(difference(x, expected) == nil, "\(T.self) \(low) ..< \(high)")
    }
  }

  @Test func integers() {
    checkIntegers(Int32(-3), 9)
    checkIntegers(Int32.min, .max)
    checkIntegers(Int64(0), 10)
    checkIntegers(Int64(-5_000_000_000), 5_000_000_000)
    checkIntegers(Int64.min, .max)
    checkIntegers(UInt8(3), 200)
  }

  @Test func permutations() {
    for size in sizes {
      let x: [Int64] = filled(size) { d2l_random_permutation($0, Int64(size), seed, block) }
      var expected = (0..<Int64(size)).map { $0 }
      for drawn in 0..<max(size - 1, 0) {
        let w = words(seed, block + UInt64(drawn / 2))
        let bits = UInt64(w[drawn % 2 * 2]) << 32 | UInt64(w[drawn % 2 * 2 + 1])
        let last = size - 1 - drawn
        expected.swapAt(last, Int(bits.multipliedFullWidth(by: UInt64(last + 1)).high))
      }
      #expect(difference(x, expected) == nil)
      #expect(x.sorted() == (0..<Int64(size)).map { $0 })
    }
    // All orders of three come about equally often.
    var counts: [[Int64]: Int] = [:]
    for stream in 0..<6000 {
      let x: [Int64] = filled(3) { d2l_random_permutation($0, 3, UInt64(stream), 0) }
      counts[x, default: 0] += 1
    }
    #expect(counts.count == 6 && counts.values.allSatisfy { abs($0 - 1000) < 150 })
  }

  private func checkDropout<T: KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(21)
    for size in sizes {
      for p in [0, 0.1, 0.5, 0.999, 1] {
        let x: [T] = generator.numbers(size)
        let expected = (0..<size).map { i -> T in
          let u = Double(words(seed, block + UInt64(i / 4))[i % 4] >> 8) * 0x1p-24
          let scale = T(rounding: 1 / (1 - p)).number
          return u >= p ? T(rounding: x[i].number * scale) : T(rounding: 0)
        }
        let y: [T] = filled(size) { d2l_dropout(T.type, x, $0, Int64(size), p, seed, block) }
        #expect(difference(y, expected) == nil, "p = \(p)")
        var inPlace = x
        inPlace.withUnsafeMutableBytes {
          d2l_dropout(T.type, $0.baseAddress, $0.baseAddress, Int64(size), p, seed, block)
        }
        #expect(difference(inPlace, expected) == nil)
      }
    }
    let infinite = [T](repeating: T(rounding: .infinity), count: 100)
    let dropped: [T] = filled(100) { d2l_dropout(T.type, infinite, $0, 100, 1, seed, block) }
    #expect(dropped.allSatisfy { $0.number == 0 })
  }

  @Test func dropout() {
    checkDropout(Float.self)
    checkDropout(Double.self)
  }

  @Test func seedsAndBlocksDiffer() {
    func fill(_ seed: UInt64, _ block: UInt64) -> [Float] {
      filled(64) { d2l_random_uniform(D2L_FLOAT, $0, 64, seed, block, 0, 1) }
    }
    #expect(fill(1, 0) == fill(1, 0))
    #expect(Set([fill(1, 0), fill(2, 0), fill(1 << 32, 0), fill(1, 1 << 32), fill(1, 16)]).count == 5)
    // A stream continues where the last fill's blocks end.
    #expect(Array(fill(1, 0)[32...]) == Array(fill(1, 8)[..<32]))
  }
}
