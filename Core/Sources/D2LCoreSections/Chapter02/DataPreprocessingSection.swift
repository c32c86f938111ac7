import ArgumentParser
import D2LCommands
import D2LCore

/// Section 2.2: from a file of comma-separated values with gaps to arrays of numbers.
struct DataPreprocessingSection: Section {
  static let info = SectionInfo(
    number: "2.2", title: "Data Preprocessing", package: "core", command: "data-preprocessing", data: "generated")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("Reading the dataset")
    let file = run.folder.file("house_tiny.csv")
    try writeAtomically(
      """
      NumRooms,Alley,Price
      NA,Pave,127500
      2,NA,106000
      4,NA,178100
      NA,NA,140000

      """, to: file)
    let data = try Table(csv: file)
    run.table(data.text, caption: file)

    run.part("Handling missing data")
    var inputs = try data.dropping(["Price"])
    let prices = try data.numbers("Price")
    inputs = inputs.fillingMissingWithMeans()
    run.table(inputs.text, caption: "Missing numbers are the mean of their column.")
    inputs = inputs.oneHotEncoded()
    run.table(inputs.text, caption: "Each text, and its absence, has a column of its own.")

    run.part("Conversion to the tensor format")
    run.show("X", inputs.matrix())  // [4, 3]
    run.show("y", Tensor<Double>(prices))  // [4]
    try run.finish()
  }
}

extension Table {
  /// The rows as text, missing values as NA.
  fileprivate var text: TextTable {
    var table = TextTable(columns: names.map { TextTable.Column($0) })
    for row in 0..<rowCount {
      table.add(
        names.map { name in
          switch self[name] {
          case .numbers(let values)?: values[row].map { fixed($0, $0 == $0.rounded() ? 0 : 1) } ?? "NA"
          case .texts(let values)?: values[row] ?? "NA"
          case nil: ""
          }
        })
    }
    return table
  }
}
