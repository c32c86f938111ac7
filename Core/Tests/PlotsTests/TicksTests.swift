import D2LPlots
import Testing

/// A small generator with a fixed sequence.
struct Sequence64: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

private func power(_ exponent: Int) -> Double {
  (0..<exponent.magnitude).reduce(1.0) { value, _ in exponent < 0 ? value / 10 : value * 10 }
}

@Suite struct TicksTests {
  @Test func commonRanges() {
    #expect(Ticks.linear(0...1, atMost: 6).labels.map(\.plain) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(Ticks.linear(0...1, atMost: 6).values == [0, 0.2, 0.4, 0.6, 0.8, 1])
    #expect(Ticks.linear(-5.5...1, atMost: 8).labels.map(\.plain) == ["-5", "-4", "-3", "-2", "-1", "0", "1"])
    #expect(Ticks.linear(0.1...0.3, atMost: 3).values == [0.1, 0.2, 0.3])
    #expect(Ticks.linear(1...3, atMost: 9, integersOnly: true).labels.map(\.plain) == ["1", "2", "3"])
    #expect(Ticks.linear(0...200_000, atMost: 3).labels.map(\.plain) == ["0", "1e5", "2e5"])
    #expect(Ticks.linear(0...3e-7, atMost: 4).labels.map(\.plain) == ["0", "1e-7", "2e-7", "3e-7"])
  }

  @Test func evenlySpacedOverRandomRanges() throws {
    var generator = Sequence64(state: 1)
    for _ in 0..<3000 {
      let scale = power(Int.random(in: -12...12, using: &generator))
      let low = Double.random(in: -10...10, using: &generator) * scale
      let high = low + Double.random(in: 0.001...10, using: &generator) * scale
      let count = Int.random(in: 2...12, using: &generator)
      let ticks = Ticks.linear(low...high, atMost: count)
      #expect((1...count).contains(ticks.values.count), "\(low)...\(high) at most \(count): \(ticks.values)")
      #expect(ticks.values.allSatisfy { (low...high).contains($0) })
      #expect(ticks.labels.count == ticks.values.count)
      #expect(Set(ticks.labels).count == ticks.labels.count, "repeated labels: \(ticks.labels.map(\.plain))")
      for (value, label) in zip(ticks.values, ticks.labels) {
        let read = try #require(Double(label.plain))
        #expect(abs(read - value) <= 1e-6 * (high - low), "\(label.plain) stands at \(value)")
      }
      guard ticks.values.count > 2 else { continue }
      let step = ticks.values[1] - ticks.values[0]
      for (a, b) in zip(ticks.values, ticks.values.dropFirst()) {
        #expect(abs((b - a) / step - 1) < 1e-6)
      }
      // The step is 1, 2 or 5 times a power of ten.
      var mantissa = step
      while mantissa >= 9.99 { mantissa /= 10 }
      while mantissa < 0.999 { mantissa *= 10 }
      #expect([1.0, 2, 5].contains { abs($0 / mantissa - 1) < 1e-6 }, "step \(step)")
    }
  }

  @Test func extremesHaveTicksOrNone() {
    let largest = Double.greatestFiniteMagnitude
    #expect(Ticks.linear(-largest...largest, atMost: 5).values.allSatisfy { $0.isFinite })
    #expect(!Ticks.linear(-largest...largest, atMost: 5).values.isEmpty)
    #expect(Ticks.linear(3...3, atMost: 5).values == [3])
    #expect(Ticks.linear(1e15...1e15 + 1, atMost: 5).values.count >= 1)
    #expect(Ticks.linear(0...Double.infinity, atMost: 5).values.isEmpty)
    #expect(Ticks.linear(0...Double.leastNonzeroMagnitude, atMost: 5).values.count == 1)
    #expect(Ticks.logarithmic(-1...10, atMost: 5).values.isEmpty)
    #expect(Ticks.logarithmic(1e-300...1e300, atMost: 5).values.count <= 5)
  }

  @Test func decades() {
    let few = Ticks.logarithmic(0.001...100, atMost: 6)
    #expect(few.values == [0.001, 0.01, 0.1, 1, 10, 100])
    #expect(few.labels.map(\.plain) == ["0.001", "0.01", "0.1", "1", "10", "100"])
    #expect(few.minor.contains(0.002) && few.minor.contains(90) && !few.minor.contains(10))
    let many = Ticks.logarithmic(1e-8...1e8, atMost: 6)
    #expect(many.values == [1e-6, 1e-3, 1, 1e3, 1e6])
    #expect(many.labels.map(\.plain) == ["1e-6", "1e-3", "1e0", "1e3", "1e6"])
    #expect(Ticks.logarithmic(1...20, atMost: 6).values == [1, 2, 5, 10, 20])
    #expect(Ticks.logarithmic(0.3...0.45, atMost: 6).values == [0.3, 0.35, 0.4, 0.45])
  }

  @Test func decadesOverRandomRanges() {
    var generator = Sequence64(state: 2)
    for _ in 0..<2000 {
      let low = power(Int.random(in: -20...20, using: &generator)) * Double.random(in: 1...9.9, using: &generator)
      let high = low * power(Int.random(in: 0...20, using: &generator)) * Double.random(in: 1.5...9, using: &generator)
      let count = Int.random(in: 2...10, using: &generator)
      let ticks = Ticks.logarithmic(low...high, atMost: count)
      #expect((1...count).contains(ticks.values.count), "\(low)...\(high) at most \(count): \(ticks.values)")
      #expect(ticks.values.allSatisfy { (low...high).contains($0) })
      #expect(zip(ticks.values, ticks.values.dropFirst()).allSatisfy { $0 < $1 })
      #expect(Set(ticks.labels).count == ticks.labels.count)
    }
  }
}

@Suite struct NumberTextTests {
  @Test func fixedAndTrimmed() {
    #expect(NumberText.fixed(0.831, places: 4) == "0.8310")
    #expect(NumberText.fixed(-0.0001, places: 2) == "0.00")
    #expect(NumberText.fixed(-1.005, places: 1) == "-1.0")
    #expect(NumberText.fixed(2.5, places: 0) == "2")
    #expect(NumberText.fixed(1e20, places: 2) == "1e+20")
    #expect(NumberText.trimmed(12.300, places: 3) == "12.3")
    #expect(NumberText.trimmed(100, places: 2) == "100")
    #expect(NumberText.fixed(.nan, places: 2) == "nan")
    #expect(NumberText.fixed(-.infinity, places: 2) == "-inf")
  }

  @Test func significant() {
    #expect(NumberText.significant(0.83123) == "0.8312")
    #expect(NumberText.significant(123456) == "123456")
    #expect(NumberText.significant(1_234_567) == "1.235e+06")
    #expect(NumberText.significant(1.2e-7) == "1.2e-07")
    #expect(NumberText.significant(9.99999e-7, digits: 3) == "1e-06")
    #expect(NumberText.significant(0) == "0")
    #expect(NumberText.significant(-0.05) == "-0.05")
  }

  /// The same digits as Swift's own shortest description, wherever that is short enough.
  @Test func agreesWithTheStandardLibrary() throws {
    var generator = Sequence64(state: 3)
    for _ in 0..<2000 {
      let value = Double(Int.random(in: -99999...99999, using: &generator)) / 1000
      let read = try #require(Double(NumberText.trimmed(value, places: 3)))
      #expect(read == value)
    }
  }
}
