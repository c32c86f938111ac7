/// A number that can be plotted; the standard numeric types conform.
public protocol PlotValue {
  /// The number as a coordinate.
  var plotValue: Double { get }
}

extension PlotValue where Self: BinaryInteger {
  /// The number as a coordinate, rounded to double precision.
  public var plotValue: Double { Double(self) }
}

extension PlotValue where Self: BinaryFloatingPoint {
  /// The number as a coordinate, rounded to double precision.
  public var plotValue: Double { Double(self) }
}

extension Double: PlotValue {}
extension Float: PlotValue {}
extension Int: PlotValue {}
extension Int32: PlotValue {}
extension Int64: PlotValue {}
extension UInt8: PlotValue {}
