import D2LCore
import Foundation

/// A copy of a package under another name.
struct Scaffold {
  /// The package's name: "Vision".
  let package: String
  /// The copy's name: "MyApp".
  let name: String
  private let root: String

  /// A copy of a package in the folder `root`. Throws a `FileError` that lists the packages if there is none of this name.
  init(package: String, in root: String, name: String) throws(FileError) {
    let packages = Scaffold.packages(in: root)
    guard packages.contains(package) else {
      throw FileError(
        file: root, problem: "there is no package \(package) to begin with",
        help: packages.isEmpty
          ? "give the folder that holds the packages with --repository"
          : "there are " + packages.joined(separator: ", "))
    }
    self.package = package
    self.name = name
    self.root = root
  }

  /// The name of the copy's program: "my-app". A name of one word gets an ending, for file systems that do not tell App from app.
  var program: String {
    let words = name.reduce(into: "") { words, letter in
      if letter.isUppercase && !words.isEmpty && words.last?.isUppercase == false { words += "-" }
      words.append(letter)
    }.lowercased()
    return words.contains("-") ? words : words + "-cli"
  }

  /// The folder with the packages from which this program was built. Throws if it has been moved away from there.
  static func repository() throws(FileError) -> String {
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    var folder = URL(filePath: path).resolvingSymlinksInPath()
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      if exists(folder.path + "/Core/Package.swift") { return folder.path }
    }
    throw FileError(
      file: path, problem: "the packages are in no folder above this program", help: "say where with --repository")
  }

  private static func packages(in root: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.filter { !["Core", "Tools"].contains($0) && exists("\(root)/\($0)/Package.swift") }.sorted()
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  // MARK: Copying

  /// Writes the copy into `folder`, with Core inside or beside it. A Core that is beside it already is left as it is.
  ///
  /// Throws if there is something in the way, or if a file cannot be read or written.
  func write(to folder: String, core: NewCommand.CorePlace) throws {
    let target = "\(folder)/\(name)"
    guard !Scaffold.exists(target) else {
      throw FileError(file: target, problem: "there is something of this name already", help: "choose another name")
    }
    for file in try files(of: package) {
      try write(file, of: package, to: "\(target)/\(renamed(file))") { text in
        let text = renamed(text)
        return core == .inside ? text.replacingOccurrences(of: "path: \"../Core\"", with: "path: \"Core\"") : text
      }
    }
    let coreTarget = core == .inside ? "\(target)/Core" : "\(folder)/Core"
    if core == .beside && Scaffold.exists(coreTarget) { return }
    for file in try files(of: "Core") { try write(file, of: "Core", to: "\(coreTarget)/\(file)") { $0 } }
  }

  /// The paths of a package's files below its folder. Names that begin with a dot are results of builds, as are runs.
  private func files(of package: String) throws -> [String] {
    func list(_ path: String) throws -> [String] {
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(package)/\(path)").sorted()
      return try names.filter { !$0.hasPrefix(".") && $0 != "runs" && $0 != "Package.resolved" }.flatMap { name in
        let file = path.isEmpty ? name : "\(path)/\(name)"
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: "\(root)/\(package)/\(file)", isDirectory: &isFolder)
        return isFolder.boolValue ? try list(file) : [file]
      }
    }
    return try list("")
  }

  private func write(_ file: String, of package: String, to target: String, change: (String) -> String) throws {
    let source = URL(filePath: "\(root)/\(package)/\(file)")
    let destination = URL(filePath: target)
    try FileManager.default.createDirectory(
      at: destination.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard ["swift", "md", "sh"].contains(source.pathExtension) else {
      return try FileManager.default.copyItem(at: source, to: destination)
    }
    let text = try String(contentsOf: source, encoding: .utf8)
    try change(text).write(to: destination, atomically: true, encoding: .utf8)
    let permissions = try FileManager.default.attributesOfItem(atPath: source.path)[.posixPermissions]
    if let permissions {
      try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: destination.path)
    }
  }

  /// The text with the package's names replaced: modules, programs, types that bear its name.
  func renamed(_ text: String) -> String {
    let command = package.lowercased()
    let replacements = [
      ("D2L\(package)", name), ("d2l-\(command)", program), ("d2l \(command)", program),
      ("\"\(command)\"", "\"\(program)\""),
      (package, name),
    ]
    return replacements.reduce(text) { text, pair in text.replacingOccurrences(of: pair.0, with: pair.1) }
  }
}
