import CD2LKernels
import Foundation

/// A Swift type with its name among the kernels' types.
protocol KernelScalar: Equatable, Sendable, BitwiseCopyable {
  static var type: d2l_dtype { get }
  init(rounding value: Double)
  var number: Double { get }
}

extension Float: KernelScalar {
  static var type: d2l_dtype { D2L_FLOAT }
  init(rounding value: Double) { self.init(value) }
  var number: Double { Double(self) }
}

extension Double: KernelScalar {
  static var type: d2l_dtype { D2L_DOUBLE }
  init(rounding value: Double) { self = value }
  var number: Double { self }
}

extension Int32: KernelScalar {
  static var type: d2l_dtype { D2L_INT32 }
  init(rounding value: Double) { self.init(value) }
  var number: Double { Double(self) }
}

extension Int64: KernelScalar {
  static var type: d2l_dtype { D2L_INT64 }
  init(rounding value: Double) { self.init(value) }
  var number: Double { Double(self) }
}

extension UInt8: KernelScalar {
  static var type: d2l_dtype { D2L_UINT8 }
  init(rounding value: Double) { self.init(value) }
  var number: Double { Double(self) }
}

/// Bool as the kernels store it.
struct Flag: KernelScalar, CustomStringConvertible {
  var byte: UInt8
  init(_ value: Bool) { byte = value ? 1 : 0 }
  init(rounding value: Double) { byte = value != 0 ? 1 : 0 }
  static var type: d2l_dtype { D2L_BOOL }
  var number: Double { Double(byte) }
  var description: String { byte == 0 ? "false" : byte == 1 ? "true" : "\(byte)" }
}

/// A small generator for test data, the same in every run.
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func numbers<T: KernelScalar>(
    _ count: Int, _ range: ClosedRange<Double> = -2...2, as type: T.Type = T.self
  )
    -> [T]
  {
    (0..<count).map { _ in T(rounding: Double.random(in: range, using: &self)) }
  }
}

/// How far `actual` lies from `expected`, in units of the last place of T at `expected`. Below the normal range the unit is the least positive number.
func unitsInLastPlace<T: BinaryFloatingPoint & KernelScalar>(_ actual: T, _ expected: Double) -> Double {
  let rounded = T(expected)
  if expected.isNaN { return actual.isNaN ? 0 : .infinity }
  if rounded.isInfinite || actual.isInfinite || actual.isNaN { return actual == rounded ? 0 : .infinity }
  return abs(actual.number - expected) / Double(max(abs(rounded), T.leastNormalMagnitude).ulp)
}

/// The worst disagreement beyond `ulps` units in the last place plus `absolute`, in words; nil if there is none.
func disagreement<T: BinaryFloatingPoint & KernelScalar>(
  _ actual: [T], _ expected: [Double], ulps: Double = 1, absolute: Double = 0
) -> String? {
  guard actual.count == expected.count else { return "\(actual.count) numbers, expected \(expected.count)" }
  var worst: (index: Int, units: Double)?
  for index in actual.indices {
    let units = unitsInLastPlace(actual[index], expected[index])
    if units <= ulps || abs(actual[index].number - expected[index]) <= absolute { continue }
    if units > worst?.units ?? -1 { worst = (index, units) }
  }
  return worst.map {
    "at \($0.index) of \(actual.count): \(actual[$0.index]), expected \(expected[$0.index]), \($0.units) ulp"
  }
}

/// The first place where two arrays are not the same value (NaN is the same as NaN), in words.
func difference<T: KernelScalar>(_ actual: [T], _ expected: [T]) -> String? {
  guard actual.count == expected.count else { return "\(actual.count) elements, expected \(expected.count)" }
  for index in actual.indices where actual[index] != expected[index] {
    if actual[index].number.isNaN && expected[index].number.isNaN { continue }
    return "at \(index) of \(actual.count): \(actual[index]), expected \(expected[index])"
  }
  return nil
}

/// An array that a kernel has filled.
func filled<T: KernelScalar>(_ count: Int, as type: T.Type = T.self, _ body: (UnsafeMutablePointer<T>) -> Void) -> [T] {
  let guardZone = 8  // elements past the end that a kernel must not touch
  let memory = UnsafeMutablePointer<T>.allocate(capacity: count + guardZone)
  defer { memory.deallocate() }
  let mark = T(rounding: 1)
  memory.initialize(repeating: mark, count: count + guardZone)
  body(memory)
  for index in 0..<guardZone where memory[count + index] != mark { fatalError("a kernel wrote past its end") }
  return Array(UnsafeBufferPointer(start: memory, count: count))
}

/// Sizes around the widths of vectors and lanes, and past the size at which work is shared between threads.
let sizes = [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 1000, 4097, 33_000, 70_001]

/// Where the elements of a strided array lie, in the order of a dense one.
func offsets(_ shape: [Int], _ strides: [Int], from start: Int = 0) -> [Int] {
  zip(shape, strides).reduce([start]) { outer, dimension in
    outer.flatMap { offset in (0..<dimension.0).map { offset + $0 * dimension.1 } }
  }
}

/// The strides of a dense array.
func denseStrides(_ shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  for d in shape.indices.dropLast().reversed() { strides[d] = strides[d + 1] * shape[d + 1] }
  return strides
}

/// Runs a body with 1, 2 and 3 threads and tells whether the results were the same bits.
func sameForAllThreadCounts<T: KernelScalar>(_ body: () -> [T]) -> Bool {
  let before = d2l_threads()
  defer { d2l_set_threads(before) }
  let results = [Int32(1), 2, 3].map { threads -> [UInt64] in
    d2l_set_threads(threads)
    return body().map { $0.number.bitPattern }
  }
  return results[0] == results[1] && results[0] == results[2]
}
