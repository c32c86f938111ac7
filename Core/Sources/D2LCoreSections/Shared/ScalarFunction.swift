import D2LCore

/// A function of one variable. Slope and curvature come from automatic differentiation; all three are taken of many numbers at once.
/// `ScalarFunction { x in x * cos(x * .pi) }` is one; its slope at 0.7 is `f.slope(at: Tensor(0.7)).item()`.
struct ScalarFunction {
  private let body: (Tensor<Double>) -> Tensor<Double>

  /// The function that `body` computes element by element.
  init(_ body: @escaping (Tensor<Double>) -> Tensor<Double>) { self.body = body }

  /// The values at `x`.
  func callAsFunction(_ x: Tensor<Double>) -> Tensor<Double> { body(x) }

  /// The value at one number.
  func callAsFunction(_ x: Double) -> Double { body(Tensor(x)).item() }

  /// The first derivative at `x`.
  func slope(at x: Tensor<Double>) -> Tensor<Double> {
    let x = x.requiringGradient()
    return gradients(of: body(x), withRespectTo: [x])[0]
  }

  /// The second derivative at `x`: the slope of the slope.
  func curvature(at x: Tensor<Double>) -> Tensor<Double> {
    let x = x.requiringGradient()
    let slope = gradients(of: body(x), withRespectTo: [x], createGraph: true)[0]
    return gradients(of: slope, withRespectTo: [x])[0]
  }

  /// The graph over `x`, for a chart.
  func series(_ name: String, over x: Tensor<Double>) -> Series { Series(name, x: x.values, y: self(x).values) }

  /// The graph of the slope over `x`, for a chart.
  func slopeSeries(_ name: String, over x: Tensor<Double>) -> Series {
    Series(name, x: x.values, y: slope(at: x).values)
  }
}

extension LineChart {
  /// A chart of some series over x.
  init(title: String = "", x: Axis = Axis("x"), y: Axis = Axis(), of series: [Series]) {
    self.init(title: title, x: x, y: y)
    for one in series { add(one) }
  }
}
