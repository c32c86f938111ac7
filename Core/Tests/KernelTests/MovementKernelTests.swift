import CD2LKernels
import Foundation
import Testing

@Suite struct MovementKernelTests {
  private func checkSelect<T: KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(7)
    for size in sizes {
      let x: [T] = generator.numbers(size, 0...200)
      let y: [T] = generator.numbers(size, 0...200)
      let condition = (0..<size).map { _ in Flag(Bool.random(using: &generator)) }
      let expected = (0..<size).map { condition[$0].byte == 1 ? x[$0] : y[$0] }
      #expect(difference(filled(size) { d2l_select(T.type, condition, x, y, $0, Int64(size)) }, expected) == nil)
    }
  }

  @Test func selecting() {
    checkSelect(Float.self)
    checkSelect(Double.self)
    checkSelect(Int32.self)
    checkSelect(Int64.self)
    checkSelect(UInt8.self)
    checkSelect(Flag.self)
  }

  @Test func axpy() {
    var generator = TestGenerator(8)
    for size in sizes {
      let x: [Double] = generator.numbers(size)
      let y: [Double] = generator.numbers(size)
      let expected = zip(x, y).map { 0.5 * $0 + $1 }
      var double = y
      d2l_axpy(D2L_DOUBLE, 0.5, x, &double, Int64(size))
      #expect(disagreement(double, expected, absolute: 1e-15) == nil)
      var float = y.map { Float($0) }
      d2l_axpy(D2L_FLOAT, 0.5, x.map { Float($0) }, &float, Int64(size))
      #expect(disagreement(float, expected, absolute: 5e-7) == nil)
    }
  }

  private func checkFill<T: KernelScalar>(_ type: T.Type, _ value: Double) {
    for size in sizes {
      let expected = [T](repeating: T(rounding: value), count: size)
      #expect(difference(filled(size) { d2l_fill(T.type, $0, value, Int64(size)) }, expected) == nil)
    }
  }

  @Test func filling() {
    checkFill(Float.self, -2.5)
    checkFill(Double.self, .infinity)
    checkFill(Int32.self, -7)
    checkFill(Int64.self, 1e15)
    checkFill(UInt8.self, 200)
    checkFill(Flag.self, 3)
  }

  private func checkRange<T: KernelScalar>(_ type: T.Type, _ start: Double, _ step: Double, _ sizes: [Int] = sizes) {
    for size in sizes {
      let expected = (0..<size).map { T(rounding: start + Double($0) * step) }
      #expect(difference(filled(size) { d2l_arange(T.type, $0, start, step, Int64(size)) }, expected) == nil)
    }
  }

  @Test func ranges() {
    checkRange(Float.self, 0.1, 0.3)
    checkRange(Double.self, -5, 1e-3)
    checkRange(Int32.self, -3, 2)
    checkRange(Int64.self, 1e12, -1)
    checkRange(UInt8.self, 3, 1, [0, 1, 64, 200])
  }

  /// What a conversion is to do, for one number.
  private func converted<A: KernelScalar, B: KernelScalar>(_ value: A, _ to: B.Type) -> B {
    let number = value.number
    switch B.type {
    case D2L_FLOAT, D2L_DOUBLE: return B(rounding: number)
    case D2L_BOOL: return B(rounding: number != 0 ? 1 : 0)
    default:
      if number.isNaN { return B(rounding: 0) }
      let whole = number.rounded(.towardZero)
      if B.type == D2L_UINT8 { return B(rounding: min(max(whole, 0), 255)) }
      if B.type == D2L_INT32 { return B(rounding: min(max(whole, -2_147_483_648), 2_147_483_647)) }
      if whole >= 0x1p63 { return unsafeBitCast(Int64.max, to: B.self) }
      if whole < -0x1p63 { return unsafeBitCast(Int64.min, to: B.self) }
      return B(rounding: whole)
    }
  }

  private func checkConvert<A: KernelScalar, B: KernelScalar>(_ from: A.Type, _ to: B.Type, _ values: [A]) {
    for size in sizes {
      let x = (0..<size).map { values[$0 % values.count] }
      let expected = values.map { converted($0, to) }
      let actual: [B] = filled(size) { d2l_convert(A.type, x, B.type, $0, Int64(size)) }
      let wanted = (0..<size).map { expected[$0 % values.count] }
      #expect(difference(actual, wanted) == nil, "\(A.self) to \(B.self)")
    }
  }

  private func checkConvertToAll<A: KernelScalar>(_ values: [A]) {
    checkConvert(A.self, Float.self, values)
    checkConvert(A.self, Double.self, values)
    checkConvert(A.self, Int32.self, values)
    checkConvert(A.self, Int64.self, values)
    checkConvert(A.self, UInt8.self, values)
    checkConvert(A.self, Flag.self, values)
  }

  @Test func converting() {
    let numbers: [Double] = [
      0, -0.0, 1, -1, 0.5, -0.9, 1.9999, 254.9, 255, 256, 300, -300, 2_147_483_646.5, 2_147_483_647, 2_147_483_648, 3e9,
      -2_147_483_648, -2_147_483_649, -3e9, 9.2e18, 9.3e18, -9.2e18, -9.3e18, 1e300, -1e300, .infinity, -.infinity,
      .nan, .leastNormalMagnitude / 8,
    ]
    checkConvertToAll(numbers)
    checkConvertToAll(numbers.map { Float($0) })
    checkConvertToAll([0, 1, -1, 255, 256, -5, .max, .min, 16_777_217, 77] as [Int32])
    // Beyond 2^53 the reference, in doubles, has lost what distinguishes neighbours; these are exact.
    checkConvertToAll([0, 1, -1, 255, 256, -5, 1 << 40, -(1 << 40), 1 << 31, -(1 << 31) - 1, .min, 1 << 62] as [Int64])
    checkConvertToAll([0, 1, 2, 127, 128, 255] as [UInt8])
    checkConvertToAll([Flag(true), Flag(false)])
    let large: [Int64] = [.max, .max - 1, .min + 1, (1 << 53) + 1]
    #expect(
      difference(filled(4) { d2l_convert(D2L_INT64, large, D2L_INT32, $0, 4) }, [.max, .max, .min, .max] as [Int32])
        == nil)
    #expect(difference(filled(4) { d2l_convert(D2L_INT64, large, D2L_INT64, $0, 4) }, large) == nil)
    #expect(difference(filled(4) { d2l_convert(D2L_INT64, large, D2L_FLOAT, $0, 4) }, large.map { Float($0) }) == nil)
  }

  private func checkCopies<T: KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(9)
    var shapes = [
      [], [1], [7], [5, 7], [64, 64], [33, 65], [100, 300], [3, 40, 17], [2, 3, 4, 5], [1, 9, 1], [4, 0, 3],
    ]
    shapes += [
      [6, 1, 2, 1, 3, 1, 2, 2], [300, 400], [70_000], [65_536], [2, 3], [40_000, 3], [3, 40_000], [9, 64, 32],
    ]
    for shape in shapes {
      let count = shape.reduce(1, *)
      for round in 0..<6 {
        // x: a random order of dimensions, some backward, some repeated, with gaps.
        func layout(repeating: Bool) -> (strides: [Int], extent: Int, start: Int) {
          var step = Int.random(in: 1...2, using: &generator)
          var strides = [Int](repeating: 0, count: shape.count)
          for d in shape.indices.shuffled(using: &generator) {
            if repeating && Int.random(in: 0..<4, using: &generator) == 0 { continue }
            strides[d] = Int.random(in: 0..<4, using: &generator) == 0 ? -step : step
            step = step * max(shape[d], 1) + Int.random(in: 0..<2, using: &generator)
          }
          let start = zip(shape, strides).reduce(0) { $1.1 < 0 ? $0 - max($1.0 - 1, 0) * $1.1 : $0 }
          return (strides, max(step, 1) + start, start)
        }
        let from = round == 0 ? (denseStrides(shape), max(count, 1), 0) : layout(repeating: true)
        let x: [T] = generator.numbers(from.1, 0...200)
        let gathered: [T] = filled(count) { y in
          x.withUnsafeBufferPointer { x in
            guard let base = x.baseAddress else { return }
            d2l_copy_strided(
              T.type, base + from.2, from.0.map(Int64.init), y, denseStrides(shape).map(Int64.init), Int32(shape.count),
              shape.map(Int64.init))
          }
        }
        #expect(
          difference(gathered, offsets(shape, from.0, from: from.2).map { x[$0] }) == nil, "gather \(shape) \(from)")

        let to = layout(repeating: false)
        var expected = [T](repeating: T(rounding: 1), count: to.extent)
        for (index, place) in offsets(shape, to.strides, from: to.start).enumerated() {
          expected[place] = gathered[index]
        }
        let scattered: [T] = filled(to.extent) { y in
          y.update(repeating: T(rounding: 1), count: to.extent)
          d2l_copy_strided(
            T.type, gathered, denseStrides(shape).map(Int64.init), y + to.start, to.strides.map(Int64.init),
            Int32(shape.count), shape.map(Int64.init))
        }
        #expect(difference(scattered, expected) == nil, "scatter \(shape) \(to)")
      }
    }
  }

  @Test func copyingFloats() { checkCopies(Float.self) }
  @Test func copyingDoubles() { checkCopies(Double.self) }
  @Test func copyingBytes() { checkCopies(UInt8.self) }
}
