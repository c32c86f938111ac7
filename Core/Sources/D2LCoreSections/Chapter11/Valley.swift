import D2LCommands
import D2LCore

/// f(x) = a x₁² + b x₂²: a valley with its lowest point at 0, on which 11.3 to 11.8 watch optimizers walk.
struct Valley {
  let a, b: Double

  /// The valley of 11.3 and 11.4.
  static let round = Valley(a: 1, b: 2)
  /// The valley of 11.6 to 11.8: flat along x₁, steep along x₂.
  static let narrow = Valley(a: 0.1, b: 2)

  /// The height at a point.
  func callAsFunction(_ x1: Double, _ x2: Double) -> Double { a * x1 * x1 + b * x2 * x2 }

  /// The gradient at `x`, `[2]`.
  func gradient(at x: Tensor<Double>) -> Tensor<Double> { 2 * Tensor([a, b]) * x }

  /// The walk of an optimizer, from (-5, -2) as in the book.
  func walk<Rule: UpdateRule<Double>>(_ rule: Rule, steps: Int = 20) -> Walk {
    var rule = rule
    return walk(steps: steps) { x, _ in rule.update(&x, along: gradient(at: x)) }
  }

  /// The walk that `move` takes; it is told how many steps were taken before.
  func walk(steps: Int, move: (inout Tensor<Double>, Int) -> Void) -> Walk {
    var x = Tensor<Double>([-5, -2])
    var walk = Walk()
    walk.append(x)
    for step in 0..<steps {
      move(&x, step)
      walk.append(x)
    }
    return walk
  }
}

/// The points that an optimizer came by, its start included.
struct Walk {
  private(set) var x1: [Double] = []
  private(set) var x2: [Double] = []

  mutating func append(_ x: Tensor<Double>) {
    let point = x.values
    x1.append(point[0])
    x2.append(point[1])
  }

  var steps: Int { x1.count - 1 }
}

extension ExampleRun {
  /// Shows where a walk ended, and plots it over the valley's contours.
  func show(_ walk: Walk, over valley: Valley, _ title: String, plot file: String) throws {
    show("\(title): x1 after \(walk.steps) steps", walk.x1[walk.steps])
    show("\(title): x2 after \(walk.steps) steps", walk.x2[walk.steps])
    // A walk that goes far away leaves the picture.
    let lowest = max(-5, min(-3, (walk.x2.min() ?? 0) - 0.5))
    let highest = min(5, max(2, (walk.x2.max() ?? 0) + 0.5))
    var chart = ContourChart(
      title: title, x: Axis("x1", limits: -5.5...1.5), y: Axis("x2", limits: lowest...highest), levels: Valley.levels,
      function: valley.callAsFunction)
    chart.add(Series("", x: walk.x1, y: walk.x2, marker: .circle))
    try plot(file, chart)
  }
}

extension Valley {
  /// Heights that are close where the valley is flat.
  fileprivate static let levels: [Double] = [0.1, 0.5, 1, 2, 4, 7, 11, 16, 22, 30]
}
