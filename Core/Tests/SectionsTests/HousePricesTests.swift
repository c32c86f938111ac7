import D2LCore
import D2LTestSupport
import Foundation
import Testing

/// 4.10: from two tables to predictions.
@Suite struct HousePricesTests {
  private let program: SectionProgram

  init() throws { program = try SectionProgram() }

  /// The book: train .165287, valid .170739 (PyTorch), .165218/.170202, .165716/.170397; all examples .162537.
  @Test(.enabled(if: isHere(.kaggleHouse), "no house prices on this machine"), arguments: [0, 1, 2])
  func bookErrors(seed: Int) throws {
    let shown = try program.numbers("house-prices", ["--data", "real", "--seed", "\(seed)"])
    #expect(shown.output.contains("1460 rows, 81 columns") && shown.output.contains("1459 rows, 80 columns"))
    #expect(shown["features after standardising and one-hot encoding"] == [331])
    #expect(abs(shown["average train log rmse of 5 folds"][0] - 0.1653) < 0.003)
    #expect(abs(shown["average valid log rmse of 5 folds"][0] - 0.1706) < 0.005)
    #expect(abs(shown["train log rmse"][0] - 0.1625) < 0.003)
    try checkSubmission(shown, ids: 1461...2919)
  }

  @Test(arguments: [0, 1, 2]) func generatedHouses(seed: Int) throws {
    let shown = try program.numbers("house-prices", ["--quick", "--seed", "\(seed)"])
    // The noise in the prices alone is 0.1; an untrained model is 11 off.
    #expect(shown["average valid log rmse of 5 folds"][0] < 0.25)
    try checkSubmission(shown, ids: 501...1000)
  }

  private func checkSubmission(_ shown: SectionNumbers, ids: ClosedRange<Int>) throws {
    let lines = try shown.text(of: "submission.csv").split(separator: "\n")
    #expect(lines.first == "Id,SalePrice")
    let rows = lines.dropFirst().map { $0.split(separator: ",") }
    #expect(rows.map { Int($0[0]) } == ids.map { $0 })
    let prices = rows.compactMap { Double($0[1]) }
    #expect(prices.count == ids.count)
    let mean = prices.reduce(0, +) / Double(prices.count)
    #expect(50_000 < mean && mean < 300_000, "\(mean)")
  }

  @Test(arguments: [
    ["--folds", "1"], ["--folds", "101"], ["--weight-decay", "-1"], ["--weight-decay", "nan"], ["--resume", "run"],
    ["--epochs", "0"], ["--quick", "--data", "real"],
  ])
  func wrongOptions(_ arguments: [String]) throws {
    try program.expectRefusal("house-prices", arguments, naming: arguments[0])
  }
}
