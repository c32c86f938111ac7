import ArgumentParser
import D2LCommands
import D2LCore

/// The options of the sections that try an optimizer on the airfoil data.
struct AirfoilOptions: ParsableArguments {
  @OptionGroup var example: ExampleOptions

  @Option(
    help: "What to learn from. Without this option: the real data where it is found on this machine, else synthetic.")
  var data: DataChoice?

  func validate() throws {
    if example.quick && data == .real {
      throw ValidationError("--quick runs on generated data; leave out --data real.")
    }
  }

  /// The examples, and where they are from in a sentence.
  func load() throws -> (data: RegressionDataset, details: String) {
    if !example.quick, let location = try DataCache().find(.airfoil, data) {
      return (try Airfoil.load(from: location), "\(location), 1,500 examples")
    }
    return (Airfoil.synthetic(count: 1500, seed: example.seed), "1,500 generated measurements of wings in the wind")
  }
}

extension Airfoil {
  /// Measurements made by formula, `[count, 5]` and `[count]`, standardised as the real ones are, and as hard: a linear model explains
  /// half of their variance and ends at a loss of about 0.24.
  static func synthetic(count: Int, seed: UInt64) -> RegressionDataset {
    // Of another seed than the weights that are to learn from them.
    var generator = RandomGenerator(seed: ~seed)
    let draws = Tensor<Float>(randomNormal: [count, 6], using: &generator)
    let columns = (0..<6).map { draws[.all, $0] }
    let (frequency, angle, velocity, noise) = (columns[0], columns[1], columns[3], columns[5])
    // A steep wing is a short one, and the air clings to it less.
    let chord = 0.92 * columns[2] - 0.4 * angle
    let thickness = 0.75 * columns[4] + 0.66 * angle
    let linear = 0.6 * frequency + 0.36 * angle + 0.48 * chord - 0.23 * velocity + 0.28 * thickness
    let loudness = 0.3 * frequency * frequency - linear + 0.7 * noise
    let features = [frequency, angle, chord, velocity, thickness].map { standardized($0) }
    return RegressionDataset(inputs: Tensor(stacking: features, axis: 1), targets: standardized(loudness))
  }

  private static func standardized(_ x: Tensor<Float>) -> Tensor<Float> {
    (x - x.mean()) / x.standardDeviation(correction: 0)
  }
}
