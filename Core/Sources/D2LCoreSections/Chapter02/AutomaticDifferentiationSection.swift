import ArgumentParser
import D2LCommands
import D2LCore

/// Section 2.5: gradients of what is computed, control flow included.
struct AutomaticDifferentiationSection: Section {
  static let info = SectionInfo(
    number: "2.5", title: "Automatic Differentiation", package: "core", command: "automatic-differentiation",
    data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    func showGradient(_ expression: String, of x: Tensor<Float>) {
      if let gradient = x.gradient { run.show(expression, gradient) } else { run.show(expression, "nil") }
    }

    run.part("A simple example")
    let x = Tensor<Float>(arange: 4).requiringGradient()
    run.show("x", x)
    showGradient("x.gradient before any pass", of: x)
    let y = 2 * x.dot(x)
    run.show("y = 2 * x.dot(x)", y)
    y.backward()
    showGradient("x.gradient after y.backward()", of: x)
    run.show("4 * x", 4 * x.detached())
    x.zeroGradient()  // gradients add up until they are forgotten
    x.sum().backward()
    showGradient("x.gradient of x.sum()", of: x)

    run.part("Backward for non-scalar variables")
    x.zeroGradient()
    (x * x).sum().backward()
    showGradient("x.gradient of (x * x).sum()", of: x)
    x.zeroGradient()
    (x * x).backward(gradient: Tensor(ones: [4]))
    showGradient("x.gradient of x * x, each element weighted 1", of: x)

    run.part("Detaching computation")
    x.zeroGradient()
    let square = x * x
    let u = square.detached()
    (u * x).sum().backward()
    showGradient("x.gradient of (u * x).sum(), u = (x * x).detached()", of: x)
    run.show("u", u)
    x.zeroGradient()
    square.sum().backward()
    showGradient("x.gradient of the square that u was detached from", of: x)

    run.part("Control flow")
    let a = run.source.scope { Tensor<Float>(randomNormal: []) }.requiringGradient()
    let d = f(a)
    d.backward()
    run.show("a", a)
    run.show("f(a)", d)
    showGradient("a.gradient", of: a)
    // f is linear in a from one branch to the next, so that its slope is f(a) / a.
    run.show("f(a) / a", d.detached() / a.detached())
    try run.finish()
  }

  /// Doubles 2 a until it has length 1000, then takes it a hundredfold if it is not positive: the way depends on the data, and
  /// what was done is what is differentiated.
  private func f(_ a: Tensor<Float>) -> Tensor<Float> {
    var b = a * 2
    while b.norm().item() < 1000 { b = b * 2 }
    return b.sum().item() > 0 ? b : 100 * b
  }
}
