import D2LData
import D2LFiles
import D2LTensor
import D2LTestSupport
import Foundation
import Testing

@Suite struct TableTests {
  /// Book 2.2.
  @Test func theTinyHouses() throws {
    let table = try Table(
      csvText: "NumRooms,Alley,Price\nNA,Pave,127500\n2,NA,106000\n4,NA,178100\nNA,NA,140000\n")
    #expect(try table.numbers("Price") == [127500, 106000, 178100, 140000])
    let filled = try table.dropping(["Price"]).fillingMissingWithMeans()
    #expect(try filled.numbers("NumRooms") == [3, 2, 4, 3])
    let encoded = filled.oneHotEncoded()
    #expect(encoded.names == ["NumRooms", "Alley_Pave", "Alley_nan"])
    #expect(encoded.matrix() == Tensor([[3, 1, 0], [2, 0, 1], [4, 0, 1], [3, 0, 1]]))
  }

  @Test func quotesLineEndsAndMarks() throws {
    let text = "\u{FEFF}a,\"b, c\",d\r\n1,\"x \"\"y\"\"\",\r\n\r\n2.5e1,\"two\r\nlines\",z"
    let table = try Table(csvText: text)
    #expect(table.names == ["a", "b, c", "d"] && table.rowCount == 2)
    #expect(table["a"] == .numbers([1, 25]))
    #expect(table["b, c"] == .texts(["x \"y\"", "two\r\nlines"]))
    #expect(table["d"] == .texts([nil, "z"]))
    let bare = try Table(csvText: "1\t2\n3\t", format: CSVFormat(separator: "\t", hasHeader: false))
    #expect(bare.names == ["0", "1"] && bare["1"] == .numbers([2, nil]))
  }

  @Test(arguments: [
    ("a,b\n1,2\n3\n", "line(3)"), ("a,b\n1,2,3\n", "line(2)"), ("a,b\n\"1\n1\",2\n3\n", "line(4)"),
    ("a,b\n1,\"open\n", "nil"), ("a,a\n1,2\n", "line(1)"), ("", "nil"), ("a,b\n1,2\n1,x\"y\"\n", "line(3)"),
  ]) func damageIsRefusedWithItsPlace(_ text: String, _ place: String) throws {
    let error = #expect(throws: FileError.self) { try Table(csvText: text, source: "some.csv") }
    #expect(error?.file == "some.csv")
    #expect(error?.place.map { "\($0)".replacing("D2LFiles.FileError.Place.", with: "") } ?? "nil" == place)
  }

  @Test func textThatIsNotUTF8IsRefused() throws {
    let path = FileManager.default.temporaryDirectory.path + "/latin-\(UUID()).csv"
    try Data([0x61, 0x0A, 0xE9, 0x0A]).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: FileError.self) { try Table(csv: path) }
    #expect(throws: FileError.self) { try Table(csv: path + ".missing") }
  }

  @Test func columnsThatAreNotThereAreNamed() throws {
    let table = try Table(csvText: "a,b\n1,x\n2,\n")
    #expect(throws: FileError.self) { try table.numbers("c") }
    #expect(throws: FileError.self) { try table.numbers("b") }
    #expect(throws: FileError.self) { try table.dropping(["c"]) }
    #expect(throws: FileError.self) { try table.appending(try Table(csvText: "b,a\nx,1\n")) }
    #expect(throws: FileError.self) { try table.appending(try Table(csvText: "a,b\ny,x\n")) }
    #expect(try table.appending(try Table(csvText: "a,b\nNA,NA\n"))["b"] == .texts(["x", nil, nil]))
  }

  @Test func standardizedColumns() throws {
    let table = try Table(csvText: "a,b,c\n1,5,x\nNA,5,y\n3,5,x\n").standardized()
    #expect(table["a"] == .numbers([-1 / 2.0.squareRoot(), nil, 1 / 2.0.squareRoot()]))
    #expect(table["b"] == .numbers([0, 0, 0]) && table["c"] == .texts(["x", "y", "x"]))
    #expect(table.fillingMissing(with: 0).oneHotEncoded(missingIndicator: false).names == ["a", "b", "c_x", "c_y"])
  }

  /// Book 4.10: 2,919 houses with 79 columns are 331 features.
  @Test(.enabled(if: realData != nil, "D2L_DATA is not set")) func housePrices() throws {
    let folder = try #require(realData).appendingPathComponent("kaggle-house").path
    let houses = try HousePrices(
      training: Table(csv: folder + "/kaggle_house_pred_train.csv"),
      test: Table(csv: folder + "/kaggle_house_pred_test.csv"))
    #expect(houses.training.inputs.shape == [1460, 331] && houses.testInputs.shape == [1459, 331])
    #expect(houses.featureNames.count == 331 && houses.featureNames.contains("MasVnrType_None"))
    #expect(houses.training.targets.values.prefix(3) == [208500, 181500, 223500])
    #expect(houses.testIDs.first == 1461 && houses.testIDs.last == 2919)
    // Figures of pandas 2 on the same files.
    let all = Tensor(concatenating: [houses.training.inputs, houses.testInputs]).converted(to: Double.self)
    for (name, expected) in HousePriceFigures.rowZero {
      let column = try #require(houses.featureNames.firstIndex(of: name))
      #expect(abs(all[0, column].item() - expected) < 1e-5, "\(name)")
    }
    #expect(abs(all.sum().item() - HousePriceFigures.sum) < 0.05)
  }

  @Test(.enabled(if: realData != nil, "D2L_DATA is not set")) func airfoil() throws {
    let path = try #require(realData).appendingPathComponent("airfoil/airfoil_self_noise.dat").path
    let data = try Airfoil.load(path: path)
    #expect(data.inputs.shape == [1500, 5] && data.targets.shape == [1500])
    for (actual, expected) in zip(data.inputs[0].values, AirfoilFigures.firstRow) {
      #expect(abs(actual - expected) < 1e-5)
    }
    #expect(abs(data.targets.values[0] - AirfoilFigures.firstTarget) < 1e-5)
    #expect(throws: FileError.self) { try Airfoil.load(path: path, count: 1504) }
  }
}
