import D2LTestSupport
import Testing

/// The printed values of chapter 2.
@Suite struct Chapter02Tests {
  private let program: SectionProgram

  init() throws { program = try SectionProgram() }

  @Test func dataManipulation() throws {
    let shown = try program.numbers("data-manipulation")
    #expect(shown["arange(12)"] == (0..<12).map(Double.init))
    #expect(shown["a + b"] == [3, 4, 6, 10])
    #expect(shown["a - b"] == [-1, 0, 2, 6])
    #expect(shown["a * b"] == [2, 4, 8, 16])
    #expect(shown["a / b"] == [0.5, 1, 2, 4])
    #expect(shown["pow(a, b)"] == [1, 4, 16, 64])
    #expect(mismatch(shown["exp(a)"], [2.718282, 7.389056, 54.598150, 2980.957987]) == nil)
    #expect(shown["X .== Y"] == [0, 1, 0, 1] + [Double](repeating: 0, count: 8))
    #expect(shown["X.sum()"] == [66])
    #expect(shown["column + row"] == [0, 1, 1, 2, 2, 3])
    #expect(shown["X[-1]"] == [8, 9, 10, 11])
    #expect(shown["X[1..<3]"] == (4..<12).map(Double.init))
    #expect(shown["X with X[1, 2] = 9"] == [0, 1, 2, 3, 4, 5, 9, 7, 8, 9, 10, 11])
    #expect(shown["X with X[0..<2] = 12"] == [Double](repeating: 12, count: 8) + [8, 9, 10, 11])
    #expect(shown["whole-array copies of z += X while y shares it"] == [1])
    #expect(shown["copies of z += X once z has its own memory"] == [0])
    #expect(shown["as Int64"] == [3])
  }

  @Test func dataPreprocessing() throws {
    let shown = try program.numbers("data-preprocessing")
    #expect(shown["X"] == [3, 1, 0, 2, 0, 1, 4, 0, 1, 3, 0, 1])
    #expect(shown["y"] == [127_500, 106_000, 178_100, 140_000])
    #expect(try shown.text(of: "house_tiny.csv").hasPrefix("NumRooms,Alley,Price\nNA,Pave,127500\n"))
  }

  @Test func linearAlgebra() throws {
    let shown = try program.numbers("linear-algebra")
    #expect(["3 + 2", "3 * 2", "3 / 2", "pow(3, 2)"].map { shown[$0] } == [[5], [6], [1.5], [9]])
    let transposed = (0..<20).map { (place: Int) -> Double in Double(place % 5 * 4 + place / 5) }
    #expect(shown["A.transposed()"] == transposed)
    #expect(shown["S .== S.transposed()"] == [Double](repeating: 1, count: 9))
    let squares: [Double] = (0..<20).map { Double($0 * $0) }
    #expect(shown["A * B, the Hadamard product"] == squares)
    for name in ["A.sum()", "A.sum(axes: [0, 1])"] { #expect(shown[name] == [190]) }
    #expect(shown["A.sum(axis: 0)"] == [40, 45, 50, 55])
    for name in ["A.sum(axis: 1)", "rowSums = A.sum(axis: 1, keepingDimensions: true)"] {
      #expect(shown[name] == [6, 22, 38, 54, 70])
    }
    for name in ["A.mean()", "A.sum() / A.count"] { #expect(shown[name] == [9.5]) }
    for name in ["A.mean(axis: 0)", "A.sum(axis: 0) / A.shape[0]"] { #expect(shown[name] == [8, 9, 10, 11]) }
    let rowSums = [6.0, 22, 38, 54, 70]
    let shares: [Double] = (0..<20).map { Double($0) / rowSums[$0 / 4] }
    #expect(mismatch(shown["A / rowSums"], shares) == nil)
    #expect(Array(shown["A.cumulativeSum(axis: 0)"].suffix(4)) == [40, 45, 50, 55])
    for name in ["x.dot(ones)", "(x * ones).sum()"] { #expect(shown[name] == [6]) }
    #expect(shown["A.matmul(x)"] == [14, 38, 62, 86, 110])
    #expect(shown["A.matmul(ones([4, 3]))"] == rowSums.flatMap { [$0, $0, $0] })
    #expect(["u.norm()", "abs(u).sum()", "ones([4, 9]).norm()"].map { shown[$0] } == [[5], [7], [6]])
  }

  @Test func calculus() throws {
    let shown = try program.numbers("calculus")
    for (h, limit) in [
      ("0.10000", "2.30000"), ("0.01000", "2.03000"), ("0.00100", "2.00300"), ("0.00010", "2.00030"),
      ("0.00001", "2.00003"),
    ] {
      #expect(shown.output.contains("h = \(h)  →  \(limit)\n"))
    }
    #expect(try shown.text(of: "tangent.svg").contains("tangent: 2 x - 3"))
  }

  @Test(arguments: 0..<6) func automaticDifferentiation(seed: Int) throws {
    let shown = try program.numbers("automatic-differentiation", ["--seed", "\(seed)"])
    #expect(shown.output.contains("x.gradient before any pass  →  nil\n"))
    #expect(shown["y = 2 * x.dot(x)"] == [28])
    for name in ["x.gradient after y.backward()", "4 * x"] { #expect(shown[name] == [0, 4, 8, 12]) }
    #expect(shown["x.gradient of x.sum()"] == [1, 1, 1, 1])
    for name in [
      "x.gradient of (x * x).sum()", "x.gradient of x * x, each element weighted 1",
      "x.gradient of the square that u was detached from",
    ] {
      #expect(shown[name] == [0, 2, 4, 6])
    }
    for name in ["x.gradient of (u * x).sum(), u = (x * x).detached()", "u"] { #expect(shown[name] == [0, 1, 4, 9]) }
    // Doubled powers of two, and a hundred where a is negative: exact in Float.
    #expect(shown["a.gradient"] == shown["f(a) / a"])
    let slope = shown["a.gradient"][0]
    #expect(shown["a"][0] > 0 ? slope.significand == 1 : (slope / 100).significand == 1)
    #expect(abs(shown["f(a)"][0]) >= 1000)
  }

  @Test(arguments: [0, 1, 2]) func probability(seed: Int) throws {
    let shown = try program.numbers("probability", ["--seed", "\(seed)"])
    #expect(shown["one throw"].sorted() == [0, 0, 0, 0, 0, 1])
    #expect(shown["ten throws"].reduce(0, +) == 10)
    #expect(shown["ten throws"] != shown["ten more"])
    for (name, throwCount) in [("shares of 1000 throws", 1000.0), ("shares of all 5000 throws", 5000)] {
      #expect(abs(shown[name].reduce(0, +) - 1) < 1e-12)
      // Four standard deviations of a share.
      let bound = 4 * (5.0 / 36 / throwCount).squareRoot()
      #expect(shown[name].allSatisfy { abs($0 - 1.0 / 6) < bound })
    }
    #expect(try shown.text(of: "shares.svg").contains("1/6"))
    // The book's worked example.
    #expect(mismatch(shown["P(first positive)"], [0.011485]) == nil)
    #expect(mismatch(shown["P(ill | first positive)"], [0.1306], absolute: 5e-5) == nil)
    #expect(mismatch(shown["P(both positive)"], [0.00176955]) == nil)
    #expect(mismatch(shown["P(ill | both positive)"], [0.8307], absolute: 5e-5) == nil)
  }

  @Test func otherSeedsThrowOtherwise() throws {
    let shares = try [0, 0, 1].map { try program.numbers("probability", ["--seed", "\($0)"])["shares of 1000 throws"] }
    #expect(shares[0] == shares[1])
    #expect(shares[0] != shares[2])
  }

  @Test func documentation() throws {
    let shown = try program.numbers("documentation")
    #expect(shown["Tensor<Float>(ones: [4])"] == [1, 1, 1, 1])
    #expect(shown["public declarations of D2LTensor"][0] > 300)
    #expect(shown.output.contains("public init(randomNormal shape: Shape, mean: Scalar = 0"))
    #expect(shown.output.contains("public init(ones shape: Shape)\nAn array of ones.\n"))
    let other = try program.numbers("documentation", ["--of", "matmul"])
    #expect(other.output.contains("public func matmul(_ other: Tensor) -> Tensor\n"))
    try program.expectFailure("documentation", ["--of", "nosuchword"], status: 2, naming: "--of nosuchword")
    try program.expectFailure("documentation", ["--of", ""], status: 2, naming: "--of")
    try program.expectFailure("documentation", ["--sources", "/nowhere"], status: 1, naming: "/nowhere/D2LTensor")
  }
}
