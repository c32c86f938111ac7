import D2LFiles
import D2LTensor

/// House prices of Ames, Iowa (De Cock, 2011; Kaggle; book 4.10), ready for a model: 79 columns of 2,919 houses become 331 features.
public struct HousePrices: Sendable {
  /// Features `[1460, 331]` and prices in dollars `[1460]`.
  public let training: RegressionDataset
  /// Features of the houses whose prices are asked for, `[1459, 331]`.
  public let testInputs: Tensor<Float>
  /// Their numbers, as a submission wants them.
  public let testIDs: [Int]
  /// The names of the features.
  public let featureNames: [String]

  /// Reads the two files of the competition.
  public static func load(from location: DataLocation) throws(FileError) -> HousePrices {
    try HousePrices(
      training: Table(csv: location.path(of: "kaggle_house_pred_train.csv")),
      test: Table(csv: location.path(of: "kaggle_house_pred_test.csv")))
  }

  /// Numbers are standardised over both tables and 0 where missing; categories become indicators, with one more for "missing". Throws a
  /// `FileError` where the columns Id and SalePrice are not there or the tables do not go together.
  public init(training: Table, test: Table) throws(FileError) {
    let prices = try training.numbers("SalePrice")
    testIDs = try test.numbers("Id").map { Int($0) }
    let all = try training.dropping(["Id", "SalePrice"]).appending(test.dropping(["Id"]))
    let features = all.standardized().fillingMissing(with: 0).oneHotEncoded()
    featureNames = features.names
    let matrix = features.matrix()
    let count = training.rowCount
    self.training = RegressionDataset(inputs: matrix[0..<count], targets: Tensor(prices.map { Float($0) }))
    testInputs = matrix[count..<all.rowCount]
  }
}
