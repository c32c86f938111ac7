import D2LCoverage
import D2LTestSupport
import Foundation
import Testing

/// The coverage table against the sources, the goldens and the tests.
@Suite struct CoverageTests {
  @Test("Every public operator, layer, loss, optimizer and schedule is in the table, documented")
  func nothingIsMissing() throws {
    let listed = Set(Coverage.all.map { "\($0.kind.module).\($0.name)" })
    #expect(listed.count == Coverage.all.count, "something is listed twice")
    var declared: Set<String> = []
    for declaration in try Declaration.all() {
      let name = "\(declaration.module).\(declaration.name)"
      declared.insert(name)
      let isListed = listed.contains(name)
      #expect(isListed, "\(declaration.file): \(declaration.name) is not in Sources/D2LCoverage")
      #expect(declaration.isDocumented, "\(declaration.file): \(declaration.name) has no comment")
    }
    #expect(declared.count > 280)
    let gone = listed.subtracting(declared)
    #expect(gone.isEmpty, "listed, but no longer declared: \(gone)")
  }

  @Test func theTableHasNoBlanks() throws {
    let rows = try Coverage.rows()
    #expect(rows.count == Coverage.all.count)
    for row in rows {
      let cells = [row.kind, row.name, row.gradient, row.values]
      #expect(!cells.contains { $0.isEmpty || $0 == "none: " }, "\(row.name)")
      #expect(row.documented == "yes", "\(row.name)")
      // An optimizer or schedule is checked by runs against PyTorch, nothing less.
      if ["optimizer", "schedule", "loss"].contains(row.kind) {
        #expect(row.values.hasPrefix("PyTorch"), "\(row.name)")
      }
    }
    #expect(Set(rows.map(\.kind)) == Set(Coverage.Kind.allCases.map(\.rawValue)))
  }

  @Test("Every check that the table names exists, and every golden is claimed")
  func checksExist() throws {
    let goldens = try Goldens()
    let tests = try Tests()
    for entry in Coverage.all {
      for (check, isGradient) in [(entry.gradient, true), (entry.values, false)] {
        switch check {
        case .operatorGoldens(let functions):
          for function in functions {
            #expect(goldens.functions[function] != nil, "\(entry.name): no golden of \(function)")
          }
          let isChecked = functions.contains { goldens.functions[$0] == true }
          #expect(!isGradient || isChecked, "\(entry.name): no golden whose gradient is compared with differences")
        case .goldens(let paths):
          for path in paths { #expect(goldens.contains(path), "\(entry.name): no golden \(path)") }
        case .test(let name): #expect(tests.contains(name), "\(entry.name): there is no test \(name)")
        case .none(let why): #expect(!why.isEmpty)
        }
      }
    }
    let claimed = Coverage.all.flatMap { entry -> [String] in
      guard case .operatorGoldens(let functions) = entry.values else { return [] }
      return functions
    }
    let idle = Set(goldens.functions.keys).subtracting(claimed).filter { !$0.hasPrefix("einsum ") }
    #expect(idle.isEmpty, "goldens that no operator claims: \(idle)")
  }

  /// The golden files of the three test targets.
  private struct Goldens {
    /// The functions of the operators' goldens, and whether the gradient of one of their cases is compared with differences.
    private(set) var functions: [String: Bool] = [:]
    private var names: [String: [String]] = [:]

    init() throws {
      for folder in ["TensorTests", "LayersTests", "OptimTests"] {
        let place = Declaration.tests.appendingPathComponent(folder)
        for file in try FileManager.default.contentsOfDirectory(atPath: place.appendingPathComponent("Goldens").path) {
          let name = String(file.dropLast(".json".count))
          let golden = try Golden(name, file: place.appendingPathComponent("any.swift").path)
          names[name] = golden.names
          guard folder == "TensorTests" else { continue }
          for key in golden.names {
            guard let entry = try golden.entry(key) as? [String: Any], let function = entry["operator"] as? String
            else { continue }
            functions[function] = functions[function, default: false] || entry["check"] as? Bool == true
          }
        }
      }
    }

    /// Whether an entry of the file begins so.
    func contains(_ path: String) -> Bool {
      let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return names[parts[0]]?.contains { $0.hasPrefix(parts[1]) } == true
    }
  }

  /// The sources of Core's tests.
  private struct Tests {
    private let texts: [String]

    init() throws {
      let paths = try FileManager.default.subpathsOfDirectory(atPath: Declaration.tests.path)
      texts = try paths.filter { $0.hasSuffix(".swift") }.map {
        try String(contentsOf: Declaration.tests.appendingPathComponent($0), encoding: .utf8)
      }
    }

    /// Whether a file has the suite and the function of "Suite.function".
    func contains(_ name: String) -> Bool {
      let parts = name.split(separator: ".")
      return parts.count == 2
        && texts.contains { $0.contains("struct \(parts[0]) ") && $0.contains("func \(parts[1])(") }
    }
  }
}
