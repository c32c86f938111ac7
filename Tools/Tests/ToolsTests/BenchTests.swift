import D2LTestSupport
import D2LTools
import Foundation
import Testing

/// `d2l bench`, with workloads that take little.
@Suite(.serialized) struct BenchTests {
  private let d2l: Program

  init() throws { d2l = try Program("d2l") }

  private func object(_ line: some StringProtocol) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func listNamesWhatTheContractNames() throws {
    let all = try d2l.run(["bench", "--list"])
    #expect(all.status == 0)
    for name in ["linreg", "softmax_regression", "mlp", "lenet", "conv2d_64x64x56_3x3", "sgemm_1024x1024x1024"] {
      #expect(all.output.contains(name + " "))
    }
    let group = try d2l.run(["bench", "--list", "--only", "sgemm,lenet"]).output.split(separator: "\n").dropFirst(2)
    #expect(group.count == 5)
    #expect(group.allSatisfy { $0.hasPrefix("sgemm_") || $0.hasPrefix("lenet") })
  }

  @Test func aMeasurementHasTheContractsFields() throws {
    let outcome = try d2l.run(["bench", "--only", "softmax_regression", "--mode", "infer", "--threads", "1", "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 1)
    let record = try object(lines.first ?? "")
    #expect(
      Set(record.keys) == [
        "workload", "mode", "batch", "threads", "ms_median", "ms_min", "per_second", "unit", "peak_rss_mb", "framework",
        "version",
      ])
    #expect(record["workload"] as? String == "softmax_regression")
    #expect(record["mode"] as? String == "infer")
    #expect(record["batch"] as? Int == 256)
    #expect(record["threads"] as? Int == 1)
    #expect(record["unit"] as? String == "examples/s")
    let median = try #require(record["ms_median"] as? Double)
    let least = try #require(record["ms_min"] as? Double)
    let rate = try #require(record["per_second"] as? Double)
    #expect(0 < least && least <= median)
    #expect(abs(rate * median / 256_000 - 1) < 1e-9)
    #expect(try #require(record["peak_rss_mb"] as? Double) > 1)
  }

  /// A program of the same contract whose times rise from reading to reading.
  private func peer(in folder: TemporaryFolder) throws -> String {
    let path = folder.file("peer.sh")
    let script = #"""
      if [ "$1" = --list ]; then echo "softmax_regression batch 256 examples/s train, infer"; echo "huge_model batch 1"; exit; fi
      [ "$4" = infer ] || exit 0
      echo run >> "\#(folder.file("calls"))"
      n=$(wc -l < "\#(folder.file("calls"))")
      echo "noise"
      echo "{\"workload\": \"$2\", \"mode\": \"$4\", \"batch\": 256, \"threads\": $6, \"ms_median\": ${n}000, \"ms_min\": 1, \"per_second\": 1, \"unit\": \"examples/s\", \"peak_rss_mb\": 100000, \"framework\": \"other\", \"version\": \"9\"}"
      """#
    try script.write(toFile: path, atomically: true, encoding: .utf8)
    return "sh \(path)"
  }

  @Test func comparesTurnByTurn() throws {
    let folder = try TemporaryFolder()
    let out = folder.file("out")
    let outcome = try d2l.run([
      "bench", "compare", "--peer", try peer(in: folder), "--rounds", "2", "--only",
      "softmax_regression,huge_model,lenet",
      "--out", out,
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("softmax_regression train: left out"))
    #expect(outcome.output.contains("we do not have them: huge_model."))
    #expect(outcome.output.contains("the other does not have them: lenet."))
    let rows = try String(contentsOfFile: out + "/comparison.csv", encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 2)
    let fields = (rows.last ?? "").split(separator: ",").map(String.init)
    #expect(fields.prefix(2) == ["softmax_regression", "infer"])
    let numbers = fields.dropFirst(2).prefix(9).compactMap { Double($0) }
    try #require(numbers.count == 9)
    #expect(numbers[1] == 1500)
    #expect(numbers[3] <= numbers[2] && numbers[2] <= numbers[4])
    #expect(abs(numbers[7] * numbers[5] / 100_000 - 1) < 0.01)
    #expect(numbers[8] == 2)
    let readings = try String(contentsOfFile: out + "/readings.jsonl", encoding: .utf8).split(separator: "\n")
    let medians = try readings.map { try object($0)["ms_median"] as? Double ?? .nan }
    try #require(medians.count == 4)
    let ratios = [medians[2] / medians[0], medians[3] / medians[1]]
    #expect(abs((ratios[0] + ratios[1]) / 2 - numbers[2]) < 0.01)
    #expect(try String(contentsOfFile: out + "/comparison.svg", encoding: .utf8).contains("<svg"))
  }

  @Test func aPeerThatFailsIsNamed() throws {
    let folder = try TemporaryFolder()
    for command in ["false", "/nonexistent/peer"] {
      let outcome = try d2l.run(["bench", "compare", "--peer", command, "--out", folder.file("out")])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("`\(command) --list`"))
    }
  }

  @Test func ctrlCEndsTheBench() throws {
    let outcome = try d2l.run(["bench", "--only", "linreg", "--mode", "infer"], interruptAfter: "workload")
    #expect(outcome.status == 130)
  }
}
