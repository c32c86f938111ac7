/// Numbers as text: independent of the locale, with a bounded count of digits.
public enum NumberText {
  /// A number with exactly `places` decimals, such as `0.8310`; at most 15 are given.
  ///
  /// Not-a-number reads `nan`, the infinities `inf` and `-inf`; numbers too large for fixed notation fall back to an exponent.
  public static func fixed(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return special(value) }
    let places = min(max(places, 0), 15)
    let scale = Mathematics.powerOfTen(places)
    let scaled = (value.magnitude * scale).rounded(.toNearestOrEven)
    guard scaled < 9.0e15 else {
      return value.magnitude < 9.0e15 && places > 0
        ? fixed(value, places: places - 1) + "0" : scientific(value, digits: 6)
    }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let whole = UInt64(scaled)
    guard places > 0 else { return sign + String(whole) }
    let unit = UInt64(scale)
    let fraction = String(whole % unit)
    return sign + String(whole / unit) + "." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// A number with at most `places` decimals and no trailing zeros, such as `0.831` or `12`.
  public static func trimmed(_ value: Double, places: Int) -> String {
    trimmingZeros(fixed(value, places: places))
  }

  /// A number with at most `digits` significant digits, in the shorter of the plain and the exponent notation:
  /// `0.8312`, `1.2e-07`.
  public static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return special(value) }
    guard value != 0 else { return "0" }
    let digits = min(max(digits, 1), 15)
    let exponent = Mathematics.decade(value.magnitude)
    guard exponent >= -4, exponent < max(digits, 6) else { return scientific(value, digits: digits) }
    return trimmed(value, places: max(0, digits - 1 - exponent))
  }

  static func scientific(_ value: Double, digits: Int) -> String {
    var exponent = Mathematics.decade(value.magnitude)
    var mantissa = Mathematics.scaled(value, -exponent)
    if Double(fixed(mantissa.magnitude, places: digits - 1)) ?? 0 >= 10 {
      exponent += 1
      mantissa = Mathematics.scaled(value, -exponent)
    }
    let size = String(exponent.magnitude)
    return trimmed(mantissa, places: digits - 1) + "e" + (exponent < 0 ? "-" : "+")
      + (size.count < 2 ? "0" + size : size)
  }

  static func trimmingZeros(_ text: String) -> String {
    guard text.contains("."), !text.contains("e") else { return text }
    var text = text[...]
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return String(text)
  }

  private static func special(_ value: Double) -> String {
    value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"
  }
}
