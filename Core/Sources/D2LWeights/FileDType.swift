import D2LTensor

/// The element type that a file states, which may be one that no tensor of this library has.
///
/// ``loaded`` says what it becomes when it is read: half precision widens to float32, small integers to the next wider
/// type; every value survives. The raw value is NumPy's and PyTorch's name.
public enum FileDType: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// IEEE 754 double precision.
  case float64
  /// IEEE 754 single precision.
  case float32
  /// IEEE 754 half precision.
  case float16
  /// The upper half of a float32.
  case bfloat16
  /// 8-bit floating point, 4 exponent bits, no infinities. Known by name, not read.
  case float8e4m3fn = "float8_e4m3fn"
  /// 8-bit floating point, 5 exponent bits. Known by name, not read.
  case float8e5m2 = "float8_e5m2"
  /// 8-bit floating point, 4 exponent bits, no negative zero. Known by name, not read.
  case float8e4m3fnuz = "float8_e4m3fnuz"
  /// 8-bit floating point, 5 exponent bits, no negative zero. Known by name, not read.
  case float8e5m2fnuz = "float8_e5m2fnuz"
  /// 8-bit power of two, a scale. Known by name, not read.
  case float8e8m0fnu = "float8_e8m0fnu"
  /// 64-bit signed integer.
  case int64
  /// 32-bit signed integer.
  case int32
  /// 16-bit signed integer.
  case int16
  /// 8-bit signed integer.
  case int8
  /// 64-bit unsigned integer; read as int64 where every value fits.
  case uint64
  /// 32-bit unsigned integer.
  case uint32
  /// 16-bit unsigned integer.
  case uint16
  /// 8-bit unsigned integer.
  case uint8
  /// One byte, 0 or 1.
  case bool
  /// Two half-precision numbers. Known by name, not read.
  case complex32
  /// Two single-precision numbers. Known by name, not read.
  case complex64
  /// Two double-precision numbers. Known by name, not read.
  case complex128

  /// Bytes per element in the file.
  public var byteWidth: Int {
    switch self {
    case .complex128: 16
    case .float64, .int64, .uint64, .complex64: 8
    case .float32, .int32, .uint32, .complex32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float8e4m3fn, .float8e5m2, .float8e4m3fnuz, .float8e5m2fnuz, .float8e8m0fnu, .int8, .uint8, .bool: 1
    }
  }

  /// Bytes per number: half of an element where that is a pair.
  var partWidth: Int {
    switch self {
    case .complex32, .complex64, .complex128: byteWidth / 2
    default: byteWidth
    }
  }

  /// The type of the tensor that is read from it; nil if it is not supported.
  public var loaded: DType? {
    switch self {
    case .float64: .float64
    case .float32, .float16, .bfloat16: .float32
    case .int64, .uint32, .uint64: .int64
    case .int32, .int16, .int8, .uint16: .int32
    case .uint8: .uint8
    case .bool: .bool
    case .float8e4m3fn, .float8e5m2, .float8e4m3fnuz, .float8e5m2fnuz, .float8e8m0fnu: nil
    case .complex32, .complex64, .complex128: nil
    }
  }

  /// Whether the bytes in the file are those of the tensor, up to their order.
  var isLoadedAsIs: Bool { loaded?.description == rawValue }

  /// The same type in the file as in memory.
  public init(_ dtype: DType) {
    switch dtype {
    case .float32: self = .float32
    case .float64: self = .float64
    case .int32: self = .int32
    case .int64: self = .int64
    case .uint8: self = .uint8
    case .bool: self = .bool
    }
  }

  /// NumPy's and PyTorch's name.
  public var description: String { rawValue }
}
