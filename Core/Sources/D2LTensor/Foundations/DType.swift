import CD2LKernels

/// The element type of an array, as a value.
public enum DType: UInt8, Sendable, CaseIterable, CustomStringConvertible {
  /// 32-bit floating point.
  case float32
  /// 64-bit floating point.
  case float64
  /// 32-bit signed integer.
  case int32
  /// 64-bit signed integer.
  case int64
  /// 8-bit unsigned integer.
  case uint8
  /// One byte, 0 or 1.
  case bool

  /// Bytes per element.
  public var byteWidth: Int {
    switch self {
    case .float32, .int32: 4
    case .float64, .int64: 8
    case .uint8, .bool: 1
    }
  }

  /// Whether the type is one of the two floating-point types.
  public var isFloatingPoint: Bool { self == .float32 || self == .float64 }

  /// The name NumPy gives it.
  public var description: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .bool: "bool"
    }
  }

  /// The kernels' name for the type.
  var kernel: d2l_dtype { d2l_dtype(rawValue: UInt32(rawValue)) }
}

/// A type that a tensor can hold: Float, Double, Int32, Int64, UInt8 and Bool.
///
/// The kernels behind a tensor are concrete for each; a conformance only names one and converts single values.
public protocol TensorScalar: Sendable, Hashable, CustomStringConvertible {
  /// The element type as a value.
  static var dtype: DType { get }
  /// The value as Double; true is 1.
  var asDouble: Double { get }
  /// The nearest value of this type: integers truncate toward zero and saturate, Bool is "not zero".
  init(fromDouble value: Double)
}

/// A tensor scalar with arithmetic: all but Bool.
public protocol NumericScalar: TensorScalar, Numeric, Comparable {}

/// A tensor scalar with gradients: Float and Double.
public protocol FloatingScalar: NumericScalar, BinaryFloatingPoint {}

extension Float: FloatingScalar {
  /// The element type as a value.
  public static var dtype: DType { .float32 }
  /// The value as Double.
  public var asDouble: Double { Double(self) }
  /// The nearest value of this type.
  public init(fromDouble value: Double) { self = Float(value) }
}

extension Double: FloatingScalar {
  /// The element type as a value.
  public static var dtype: DType { .float64 }
  /// The value as Double.
  public var asDouble: Double { self }
  /// The nearest value of this type.
  public init(fromDouble value: Double) { self = value }
}

extension Int32: NumericScalar {
  /// The element type as a value.
  public static var dtype: DType { .int32 }
  /// The value as Double.
  public var asDouble: Double { Double(self) }
  /// The nearest value of this type.
  public init(fromDouble value: Double) { self = saturating(value) }
}

extension Int64: NumericScalar {
  /// The element type as a value.
  public static var dtype: DType { .int64 }
  /// The value as Double.
  public var asDouble: Double { Double(self) }
  /// The nearest value of this type.
  public init(fromDouble value: Double) { self = saturating(value) }
}

extension UInt8: NumericScalar {
  /// The element type as a value.
  public static var dtype: DType { .uint8 }
  /// The value as Double.
  public var asDouble: Double { Double(self) }
  /// The nearest value of this type.
  public init(fromDouble value: Double) { self = saturating(value) }
}

extension Bool: TensorScalar {
  /// The element type as a value.
  public static var dtype: DType { .bool }
  /// The value as Double.
  public var asDouble: Double { self ? 1 : 0 }
  /// The nearest value of this type.
  public init(fromDouble value: Double) { self = value != 0 }
}

private func saturating<I: FixedWidthInteger>(_ value: Double) -> I {
  if value.isNaN { return 0 }
  return I(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
}
