import Foundation

/// A piece of Swift code in a comment or in a Markdown text, fenced with ```` ```swift ````.
public struct CodeExample: Sendable {
  /// Where it stands: file and line.
  public let place: String
  /// The code.
  public let code: String

  /// All examples of a Swift source or a Markdown text.
  public static func all(in file: URL) throws -> [CodeExample] {
    var found: [CodeExample] = []
    var open: (line: Int, code: [String])?
    for (number, line) in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n").enumerated() {
      var text = Substring(line)
      if file.pathExtension == "swift" {
        text = text.drop { $0 == " " }
        guard text.hasPrefix("///") else {
          open = nil
          continue
        }
        text = text.dropFirst(3)
        if text.first == " " { text = text.dropFirst() }
      }
      if let (first, code) = open {
        if text.trimmingCharacters(in: .whitespaces) == "```" {
          found.append(CodeExample(place: "\(file.lastPathComponent):\(first)", code: code.joined(separator: "\n")))
          open = nil
        } else {
          open = (first, code + [String(text)])
        }
      } else if text.trimmingCharacters(in: .whitespaces) == "```swift" {
        open = (number + 1, [])
      }
    }
    return found
  }
}

/// The Swift compiler that this build was made with, and the modules of this build.
public struct SwiftTools: Sendable {
  /// The folder with what was built: `.build/release`.
  public let products: URL

  /// Finds the build that the running test belongs to. Throws if it is not where it should be.
  public init() throws {
    for path in [CommandLine.arguments.first, Bundle.main.executablePath].compactMap({ $0 }) {
      var folder = URL(filePath: path)
      for _ in 0..<4 {
        folder.deleteLastPathComponent()
        if FileManager.default.fileExists(atPath: folder.appending(path: "Modules").path) {
          products = folder
          return
        }
      }
    }
    throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: "Modules"])
  }

  /// What the compiler has to be told to import the modules of this build; `sources` is Core's folder of sources.
  public func importOptions(sources: URL) throws -> [String] {
    var options = ["-I", products.appending(path: "Modules").path]
    for name in ["CD2LKernels", "CD2LImages"] {
      let map = products.appending(path: "\(name).build/module.modulemap").path
      options += ["-Xcc", "-fmodule-map-file=\(map)"]
    }
    for name in ["COpenBLAS", "CZlib", "CPNG", "CJPEG"] { options += ["-I", sources.appending(path: name).path] }
    return options
  }

  /// The target that the compiler builds for, as "x86_64-unknown-linux-gnu".
  public func target() throws -> String {
    let text = try run(["swiftc", "-print-target-info"]).output
    guard let info = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
      let target = info["target"] as? [String: Any], let triple = target["triple"] as? String
    else { throw GoldenError(description: "swiftc does not say what it builds for") }
    return triple
  }

  /// Runs a tool that is on the path; returns whether it succeeded and what it wrote.
  public func run(_ arguments: [String]) throws -> (succeeded: Bool, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus == 0, output)
  }
}
