import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// Section 4.10: prices of houses from 79 columns about them, judged by cross-validation, and predictions to hand in.
struct HousePricesSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "4.10", title: "Predicting House Prices on Kaggle", package: "core", command: "house-prices",
    data: "Kaggle's house prices of Ames, Iowa")
  static let epochs = 100
  static let batchSize = 64
  static let learningRate = 5.0
  static let quick = TrainingSettings(epochs: 100, batchSize: 16, learningRate: 10)

  @OptionGroup var options: TrainingOptions<HousePricesSection>

  @Option(parsing: .unconditional, help: "Parts for cross-validation.")
  var folds = 5

  @Option(parsing: .unconditional, help: "How strongly weights are pulled toward zero.")
  var weightDecay = 0.0

  func validate() throws {
    guard 2...100 ~= folds else { throw ValidationError("--folds \(folds): a number from 2 to 100 is expected.") }
    guard weightDecay.isFinite && weightDecay >= 0 else {
      throw ValidationError("--weight-decay \(weightDecay): 0 or a positive number is expected.")
    }
  }

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("The data")
    let tables = try HouseTables.load(options)
    run.show("data", tables.details)
    run.show("training table", "\(tables.training.rowCount) rows, \(tables.training.names.count) columns")
    run.show("test table", "\(tables.test.rowCount) rows, \(tables.test.names.count) columns")
    run.table(
      tables.training.corner(rows: 4), caption: "The first four houses, their first four and last three columns.")
    let houses = try HousePrices(training: tables.training, test: tables.test)
    run.show("features after standardising and one-hot encoding", houses.featureNames.count)

    run.part("Cross-validation")
    let fits = try houses.training.folds(folds).map { fold in
      try train(on: fold.training.gathered(), validation: fold.validation.gathered()).curves
    }
    var table = TextTable("fold", "train log rmse", "valid log rmse")
    for (number, fit) in fits.enumerated() {
      table.add(String(number + 1), fixed(fit.last.training, 6), fixed(fit.last.test, 6))
    }
    run.table(table)
    func average(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    run.show("average train log rmse of \(folds) folds", average(fits.map(\.last.training)))
    run.show("average valid log rmse of \(folds) folds", average(fits.map(\.last.test)))
    try run.plot("fold-1", fits[0].chart("log rmse"))

    run.part("All training examples")
    let (net, curves) = try train(on: houses.training)
    run.show("train log rmse", curves.last.training)
    try run.plot("all", curves.chart("log rmse"))
    let prices = withoutGradient { net(houses.testInputs) }.values
    let lines = zip(houses.testIDs, prices).map { "\($0),\($1)" }
    try run.folder.write((["Id,SalePrice"] + lines).joined(separator: "\n") + "\n", to: "submission.csv")
    print("predictions to hand in: \(run.folder.file("submission.csv"))")
    try run.finish()
  }

  /// A linear model trained by Adam on the prices as they are, and the error of their logarithms after every epoch.
  private func train(on training: RegressionDataset, validation: RegressionDataset? = nil) throws
    -> (net: Linear, curves: FitCurves)
  {
    let net = RandomSource(seed: options.seed).scope { Linear(training.inputs.shape[1], 1) }
    let optimizer = Adam(net.parameters, learningRate: options.learningRate, weightDecay: weightDecay)
    let loader = DataLoader(training, batchSize: options.batchSize, shuffled: true, seed: options.seed, prefetch: 0)
    var curves = FitCurves("")
    for epoch in 1...options.epochs {
      let batches = loader.batches(epoch: epoch)
      while let batch = try batches.next() {
        optimizer.zeroGradients()
        meanSquaredError(net(batch.inputs).squeezed(axis: 1), batch.targets).backward()
        optimizer.step()
      }
      curves.note(epoch: epoch, training: logError(net, training), test: validation.map { logError(net, $0) })
    }
    return (net, curves)
  }

  /// The root of the mean squared error of the prices' logarithms: to be 10,000 dollars off is worse for a cheap house than for a dear one.
  /// Predictions under 1 count as 1, so that they have a logarithm.
  private func logError(_ net: Linear, _ data: RegressionDataset) -> Double {
    withoutGradient {
      let predictions = net(data.inputs).squeezed(axis: 1).clipped(from: 1, to: .infinity)
      return Double(sqrt(meanSquaredError(log(predictions), log(data.targets))).item())
    }
  }
}

extension Subset where Base == RegressionDataset {
  /// The examples as arrays of their own.
  fileprivate func gathered() -> RegressionDataset {
    let index = Tensor<Int64>(numbers.map { Int64($0) })
    return RegressionDataset(inputs: base.inputs.taking(index), targets: base.targets.taking(index))
  }
}

extension Table {
  /// The first rows of the first four and the last three columns, for a look.
  fileprivate func corner(rows: Int) -> TextTable {
    let shown = names.prefix(4) + names.suffix(3)
    var table = TextTable(columns: shown.map { TextTable.Column($0) })
    for row in 0..<min(rows, rowCount) {
      table.add(
        shown.map { name in
          switch self[name] {
          case .numbers(let values): values[row].map { Int(exactly: $0).map(String.init) ?? String($0) } ?? "NaN"
          case .texts(let values): values[row] ?? "NaN"
          case nil: ""
          }
        })
    }
    return table
  }
}
