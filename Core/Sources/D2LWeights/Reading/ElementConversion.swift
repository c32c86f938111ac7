import D2LFiles
import D2LTensor

extension ByteOrder {
  /// The order of this machine.
  static let native: ByteOrder = 1.littleEndian == 1 ? .little : .big
}

/// Reverses the bytes of every element of `width` bytes.
func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, width: Int) {
  func swap<Word: FixedWidthInteger>(_ type: Word.Type) {
    let words = bytes.bindMemory(to: Word.self)
    for index in words.indices { words[index] = words[index].byteSwapped }
  }
  switch width {
  case 8: swap(UInt64.self)
  case 4: swap(UInt32.self)
  case 2: swap(UInt16.self)
  default: break
  }
}

/// Throws if a byte is neither 0 nor 1: no Bool of Swift may have another.
func checkBools(_ bytes: UnsafeRawBufferPointer, _ key: String, _ file: String) throws(FileError) {
  var all: UInt8 = 0
  for byte in bytes { all |= byte }
  guard all > 1, let index = bytes.firstIndex(where: { $0 > 1 }) else { return }
  throw FileError(
    file: file, at: .key(key), problem: "element \(index) of a bool tensor is \(bytes[index]), neither 0 nor 1",
    help: "the file is damaged; get it again")
}

extension TensorSlot {
  /// Turns elements as the file has them (in this machine's byte order) into those of the tensor. `source` and `target` are
  /// the same memory where the widths are equal.
  func convert(
    _ source: UnsafeMutableRawBufferPointer, to target: UnsafeMutableRawBufferPointer, _ key: String, _ file: String
  ) throws(FileError) {
    func widen<From, To>(_ from: From.Type, _ to: To.Type, _ change: (From) -> To) {
      let input = source.bindMemory(to: From.self)
      let output = target.bindMemory(to: To.self)
      for index in input.indices { output[index] = change(input[index]) }
    }
    switch dtype {
    case .float16: widen(UInt16.self, UInt32.self, floatBits(ofHalf:))
    case .bfloat16: widen(UInt16.self, UInt32.self) { UInt32($0) << 16 }
    case .int8: widen(Int8.self, Int32.self) { Int32($0) }
    case .int16: widen(Int16.self, Int32.self) { Int32($0) }
    case .uint16: widen(UInt16.self, Int32.self) { Int32($0) }
    case .uint32: widen(UInt32.self, Int64.self) { Int64($0) }
    case .uint64:
      if let large = source.bindMemory(to: UInt64.self).first(where: { $0 > Int64.max }) {
        throw FileError(
          file: file, at: .key(key), problem: "the value \(large) of a uint64 tensor does not fit int64",
          help: "convert the tensor before saving it")
      }
      if source.baseAddress != target.baseAddress { target.copyMemory(from: UnsafeRawBufferPointer(source)) }
    default:
      if source.baseAddress != target.baseAddress { target.copyMemory(from: UnsafeRawBufferPointer(source)) }
    }
  }
}

/// The bits of the float32 with the value of a half-precision number (IEEE 754-2008, binary16), NaN payloads kept.
///
/// Swift's Float16 does not exist on every platform this library runs on.
func floatBits(ofHalf half: UInt16) -> UInt32 {
  let sign = UInt32(half & 0x8000) << 16
  let exponent = UInt32(half >> 10) & 0x1f
  let fraction = UInt32(half & 0x3ff)
  switch exponent {
  case 0:
    // Subnormal: the fraction counts units of 2^-24, which float32 holds as normal numbers.
    return sign | (Float(fraction) * 0x1p-24).bitPattern
  case 0x1f: return sign | 0x7f80_0000 | fraction << 13
  default: return sign | (exponent + 112) << 23 | fraction << 13
  }
}
