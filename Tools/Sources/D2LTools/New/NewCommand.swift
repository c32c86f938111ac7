import ArgumentParser
import D2LCore
import Foundation

/// `d2l new`: a project of one's own that begins as a copy of a package.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Begin a project with a copy of a package, renamed throughout.",
    discussion: """
      The copy builds, tests and trains on its own; nothing refers back to here.

      Example: d2l new MyApp --from Vision && cd MyApp && swift run -c release my-app lenet --quick
      """)

  enum CorePlace: String, ExpressibleByArgument, CaseIterable {
    case inside, beside
  }

  @Argument(help: "The project's name, as a Swift module is called: MyApp.")
  var name: String

  @Option(help: ArgumentHelp("The package to begin with.", valueName: "package"))
  var from: String

  @Option(help: "Where Core goes: inside the project, or beside it for several projects to share.")
  var core = CorePlace.inside

  @Option(
    help: ArgumentHelp(
      "The folder that holds the packages. (default: where this program was built)", valueName: "dir"))
  var repository: String?

  func validate() throws {
    guard name.wholeMatch(of: /[A-Z][A-Za-z0-9]*/) != nil else {
      throw ValidationError("\(name): a name of letters and digits that begins with a capital is expected, as MyApp.")
    }
    guard name != "Core" && !name.hasPrefix("D2L") else {
      throw ValidationError("\(name): this name is taken by what the project stands on.")
    }
  }

  func run() throws {
    let root = try repository ?? Scaffold.repository()
    let scaffold = try Scaffold(package: from, in: root, name: name)
    let folder = FileManager.default.currentDirectoryPath
    try scaffold.write(to: folder, core: core)
    let program = scaffold.program
    print(
      """
      \(name) is in \(folder)/\(name), with Core \(core.rawValue) it.

      Next:
        cd \(name)
        swift run -c release \(program) --help   # what it can do
        swift test -c release                    # its tests
      """)
  }
}
