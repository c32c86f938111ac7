// Writes the root Package.swift, through which the packages can be used by URL: the targets of all manifests in sub-folders, flat.
//
//   swift Tools/Scripts/root-manifest.swift           writes it
//   swift Tools/Scripts/root-manifest.swift --check   says whether the one that is there is up to date
//
// Tests are left out: they run in the sub-folders, whose own manifests the root's does not touch.
import Foundation

struct Problem: Error { let text: String }

typealias Object = [String: Any]

/// What a program prints, given `input`.
func output(of arguments: [String], input: String = "") throws -> Data {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = arguments
  let (given, printed) = (Pipe(), Pipe())
  process.standardInput = given
  process.standardOutput = printed
  try process.run()
  given.fileHandleForWriting.write(Data(input.utf8))
  try given.fileHandleForWriting.close()
  let data = printed.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw Problem(text: "`\(arguments.joined(separator: " "))` failed") }
  return data
}

/// One package as its manifest says.
struct Manifest {
  let folder: String
  let name: String
  let json: Object

  init(folder: String, scratch: String) throws {
    let data = try output(of: [
      "swift", "package", "--package-path", folder, "--scratch-path", scratch, "dump-package",
    ])
    guard let json = try JSONSerialization.jsonObject(with: data) as? Object, let name = json["name"] as? String else {
      throw Problem(text: "\(folder)/Package.swift: the description is not understood")
    }
    self.folder = folder
    self.json = json
    self.name = name
  }

  func objects(_ key: String) -> [Object] { json[key] as? [Object] ?? [] }

  /// The targets under Sources: no tests, nothing that serves tests.
  var targets: [Object] {
    objects("targets").filter { target in
      target["type"] as? String != "test" && (target["path"] as? String)?.hasPrefix("Tests/") != true
    }
  }

  var targetNames: [String] { targets.compactMap { $0["name"] as? String } }

  /// The products whose targets are all among these.
  var products: [Object] {
    objects("products").filter { Set($0["targets"] as? [String] ?? []).isSubset(of: targetNames) }
  }
}

/// A string as a literal.
func quoted(_ text: String) -> String { "\"\(text)\"" }

func list(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }

/// The condition of a setting, as the last argument of its call.
func condition(_ setting: Object) -> String {
  guard let condition = setting["condition"] as? Object else { return "" }
  var parts: [String] = []
  let platforms = condition["platformNames"] as? [String] ?? []
  if !platforms.isEmpty { parts.append("platforms: \(list(platforms.map { $0 == "macos" ? ".macOS" : ".\($0)" }))") }
  if let configuration = condition["config"] as? String { parts.append("configuration: .\(configuration)") }
  return ", .when(\(parts.joined(separator: ", ")))"
}

/// The settings of one tool, as the elements of an array.
func settings(_ target: Object, of tool: String) throws -> [String] {
  try (target["settings"] as? [Object] ?? []).filter { $0["tool"] as? String == tool }.map { setting in
    guard let kind = setting["kind"] as? Object, let (name, value) = kind.first,
      let argument = (value as? Object)?["_0"]
    else { throw Problem(text: "a setting is not understood: \(setting)") }
    switch argument {
    case let text as String: return ".\(name)(\(quoted(text))\(condition(setting)))"
    case let texts as [String]: return ".\(name)(\(list(texts.map(quoted)))\(condition(setting)))"
    default: throw Problem(text: "a setting is not understood: \(setting)")
    }
  }
}

/// The dependencies of a target; products of sibling packages become their targets.
func dependencies(_ target: Object, _ siblings: [Manifest]) throws -> [String] {
  var names: [String] = []
  for dependency in target["dependencies"] as? [Object] ?? [] {
    guard let (kind, value) = dependency.first, let parts = value as? [Any], let name = parts.first as? String else {
      throw Problem(text: "a dependency is not understood: \(dependency)")
    }
    guard kind == "product", let package = parts[1] as? String else {
      names.append(quoted(name))
      continue
    }
    if let sibling = siblings.first(where: { $0.folder == package }) {
      let product = sibling.products.first { $0["name"] as? String == name }
      guard let targets = product?["targets"] as? [String] else { throw Problem(text: "\(package) has no \(name)") }
      names += targets.map(quoted)
    } else {
      names.append(".product(name: \(quoted(name)), package: \(quoted(package)))")
    }
  }
  var seen: Set<String> = []
  return names.filter { seen.insert($0).inserted }
}

func declaration(_ target: Object, in manifest: Manifest, _ siblings: [Manifest]) throws -> String {
  guard let name = target["name"] as? String, let type = target["type"] as? String else {
    throw Problem(text: "\(manifest.folder): a target without name or type")
  }
  let path = "\(manifest.folder)/\(target["path"] as? String ?? "Sources/\(name)")"
  if type == "system" {
    let providers = (target["providers"] as? [Object] ?? []).compactMap { provider -> String? in
      guard let (kind, value) = provider.first, let names = (value as? [[String]])?.first else { return nil }
      return ".\(kind)(\(list(names.map(quoted))))"
    }
    let pkgConfig = (target["pkgConfig"] as? String).map { ", pkgConfig: \(quoted($0))" } ?? ""
    return ".systemLibrary(name: \(quoted(name)), path: \(quoted(path))\(pkgConfig), providers: \(list(providers)))"
  }
  let kinds = ["regular": "target", "executable": "executableTarget"]
  guard let kind = kinds[type] else { throw Problem(text: "\(name): a target of type \(type) is not handled") }
  guard (target["resources"] as? [Any] ?? []).isEmpty else { throw Problem(text: "\(name): resources are not handled") }
  var arguments = [
    "name: \(quoted(name))", "dependencies: \(list(try dependencies(target, siblings)))", "path: \(quoted(path))",
  ]
  let excluded = target["exclude"] as? [String] ?? []
  if !excluded.isEmpty { arguments.append("exclude: \(list(excluded.map(quoted)))") }
  for (label, tool) in [("cSettings", "c"), ("swiftSettings", "swift"), ("linkerSettings", "linker")] {
    let settings = try settings(target, of: tool)
    if !settings.isEmpty { arguments.append("\(label): \(list(settings))") }
  }
  return ".\(kind)(\(arguments.joined(separator: ", ")))"
}

/// The remote packages that are needed, each once.
func packages(_ manifests: [Manifest]) throws -> [String] {
  var lines: [String] = []
  for dependency in manifests.flatMap({ $0.objects("dependencies") }) where dependency["fileSystem"] == nil {
    guard let control = (dependency["sourceControl"] as? [Object])?.first,
      let remotes = (control["location"] as? Object)?["remote"] as? [Object],
      let url = remotes.first?["urlString"] as? String,
      let range = ((control["requirement"] as? Object)?["range"] as? [Object])?.first,
      let least = range["lowerBound"] as? String
    else { throw Problem(text: "a package dependency is not understood: \(dependency)") }
    let line = ".package(url: \(quoted(url)), from: \(quoted(least)))"
    if !lines.contains(line) { lines.append(line) }
  }
  return lines
}

func product(_ product: Object) throws -> String {
  guard let name = product["name"] as? String, let type = (product["type"] as? Object)?.keys.first,
    let targets = product["targets"] as? [String]
  else { throw Problem(text: "a product is not understood: \(product)") }
  return ".\(type)(name: \(quoted(name)), targets: \(list(targets.map(quoted))))"
}

func manifest(_ manifests: [Manifest]) throws -> String {
  func lines(_ items: [String]) -> String { "[\n" + items.map { $0 + ",\n" }.joined() + "]" }
  let products = try manifests.flatMap { try $0.products.map(product) }
  let targets = try manifests.flatMap { one in try one.targets.map { try declaration($0, in: one, manifests) } }
  let text = """
    // swift-tools-version: 6.2
    // Generated by `make manifest` from the manifests in the sub-folders, which it lets others use by URL. Do not edit it.
    import PackageDescription

    let package = Package(
      name: "D2L",
      platforms: [.macOS(.v15)],
      products: \(lines(products)),
      dependencies: \(lines(try packages(manifests))),
      targets: \(lines(targets)),
      swiftLanguageModes: [.v6]
    )

    """
  let formatted = try output(of: ["swift", "format", "format", "--assume-filename", "Package.swift", "-"], input: text)
  return String(decoding: formatted, as: UTF8.self)
}

let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
let scratch = FileManager.default.temporaryDirectory.appending(
  path: "d2l-manifest-\(ProcessInfo.processInfo.processIdentifier)")
do {
  guard FileManager.default.changeCurrentDirectoryPath(root.path) else { throw Problem(text: "no folder \(root.path)") }
  defer { try? FileManager.default.removeItem(at: scratch) }
  let folders = try FileManager.default.contentsOfDirectory(atPath: ".").sorted()
    .filter { FileManager.default.fileExists(atPath: "\($0)/Package.swift") }
  let text = try manifest(folders.map { try Manifest(folder: $0, scratch: scratch.path) })
  if CommandLine.arguments.contains("--check") {
    guard try String(contentsOfFile: "Package.swift", encoding: .utf8) == text else {
      throw Problem(text: "Package.swift does not agree with the packages' manifests; run `make manifest`")
    }
  } else {
    try text.write(toFile: "Package.swift", atomically: true, encoding: .utf8)
  }
} catch {
  let text = (error as? Problem)?.text ?? "\(error)"
  FileHandle.standardError.write(Data("root-manifest: \(text)\n".utf8))
  exit(1)
}
