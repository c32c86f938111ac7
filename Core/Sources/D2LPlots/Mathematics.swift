#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few functions of the C library that a chart needs; the rest of the module is plain Swift.
enum Mathematics {
  static func log10(_ value: Double) -> Double {
    #if canImport(Glibc)
      Glibc.log10(value)
    #elseif canImport(Musl)
      Musl.log10(value)
    #else
      Darwin.log10(value)
    #endif
  }

  static func sine(_ angle: Double) -> Double { sin(angle) }

  static func cosine(_ angle: Double) -> Double { cos(angle) }

  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

  /// The power of ten, correctly rounded wherever the exponent lets it be exact.
  static func powerOfTen(_ exponent: Int) -> Double {
    exponent >= 0 ? pow(10, Double(exponent)) : 1 / pow(10, Double(-exponent))
  }

  /// `mantissa × 10^exponent` with one rounding for the usual exponents, so that 3 × 10⁻¹ is the double that prints 0.3.
  static func scaled(_ mantissa: Double, _ exponent: Int) -> Double {
    if exponent >= 0 { return mantissa * pow(10, Double(exponent)) }
    if exponent >= -300 { return mantissa / pow(10, Double(-exponent)) }
    return mantissa / pow(10, 300) / pow(10, Double(-exponent - 300))
  }

  /// The exponent of the leading decimal digit of a positive number.
  static func decade(_ value: Double) -> Int { Int(log10(value).rounded(.down)) }
}
