import D2LCore
import D2LTestSupport
import Foundation
import Testing

/// `d2l data` as its users run it.
@Suite struct DataCommandTests {
  private let d2l: Program
  private let folder: TemporaryFolder

  init() throws {
    d2l = try Program("d2l")
    folder = try TemporaryFolder()
  }

  /// Runs with empty places for data, or with `$D2L_DATA` where this test has put something.
  private func run(_ arguments: String...) throws -> Program.Outcome {
    try d2l.run(
      ["data"] + arguments, variables: ["D2L_DATA": folder.file("data"), "D2L_CACHE": folder.file("cache")])
  }

  private func put(_ text: String, _ set: String, _ file: String) throws {
    let place = folder.file("data/\(set)")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try text.write(toFile: place + "/" + file, atomically: true, encoding: .utf8)
  }

  @Test func listShowsAllSets() throws {
    let shown = try run("list")
    #expect(shown.status == 0)
    for dataset in RemoteDataset.all { #expect(shown.output.contains(dataset.name)) }
    let json = try run("list", "--json").output
    let rows = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(rows.compactMap { $0["name"] as? String } == RemoteDataset.all.map(\.name))
    #expect(rows.first { $0["name"] as? String == "airfoil" }?["folder"] == nil)
  }

  @Test func whatIsNotHereIsSaid() throws {
    let path = try run("path", "airfoil")
    #expect(path.status == 1 && path.output.isEmpty && path.errors.contains("d2l data fetch airfoil"))
    let verified = try run("verify", "airfoil")
    #expect(verified.status == 1 && verified.errors.contains("airfoil: not whole on this machine"))
  }

  @Test func damageIsFoundAndNamed() throws {
    try put("The Time Traveller", "timemachine", "timemachine.txt")
    for command in ["path", "verify", "fetch"] {
      let outcome = try run(command, "timemachine")
      #expect(outcome.status == 1, "\(command)")
      #expect(outcome.errors.contains("data/timemachine/timemachine.txt"), "\(command): \(outcome.errors)")
    }
    #expect(try run("verify").status == 1)
    #expect(try run("list").output.contains("damaged"))
  }

  @Test func partOfASetIsNoSet() throws {
    try put("1,2", "kaggle-house", "kaggle_house_pred_train.csv")
    #expect(try run("verify", "kaggle-house").errors.contains("kaggle_house_pred_train.csv"))
  }

  /// With the real folder of data sets.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["D2L_DATA"]?.isEmpty == false, "D2L_DATA is not set"))
  func soundSetsAreFound() throws {
    let variables = ["D2L_CACHE": folder.file("cache")]
    let place = try #require(ProcessInfo.processInfo.environment["D2L_DATA"])
    guard FileManager.default.fileExists(atPath: place + "/airfoil") else { return }
    let path = try d2l.run(["data", "path", "airfoil", "airfoil_self_noise.dat"], variables: variables)
    #expect(path.status == 0 && path.output == place + "/airfoil/airfoil_self_noise.dat\n")
    #expect(try d2l.run(["data", "fetch", "airfoil"], variables: variables).output == place + "/airfoil\n")
    let verified = try d2l.run(["data", "verify", "airfoil"], variables: variables)
    #expect(verified.status == 0 && verified.output.contains("as published"), "\(verified.errors)")
  }

  @Test func wrongCommandLines() throws {
    for arguments in [
      ["frob"], ["path"], ["path", "airfol"], ["path", "airfoil", "nosuch"], ["fetch"], ["verify", "nosuch"],
    ] {
      let outcome = try d2l.run(["data"] + arguments)
      #expect(outcome.status == 2 && outcome.errors.contains("Usage: d2l data"), "\(arguments): \(outcome.errors)")
    }
    #expect(try run("path", "airfol").errors.contains("Did you mean 'airfoil'?"))
    #expect(try run("path", "airfoil", "x").errors.contains("airfoil_self_noise.dat"))
  }
}
