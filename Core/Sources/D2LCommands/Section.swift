import ArgumentParser

/// What a section of the book is, for lists and reports.
public struct SectionInfo: Sendable, Hashable, Codable {
  /// The number in the book: "6.6".
  public let number: String
  /// The title in the book.
  public let title: String
  /// The package that holds it: "vision".
  public let package: String
  /// The command within the package: "lenet".
  public let command: String
  /// What it runs on: "Fashion-MNIST".
  public let data: String
  /// The paper it follows, if it follows one.
  public let paper: String?

  /// All there is to say about a section.
  public init(number: String, title: String, package: String, command: String, data: String, paper: String? = nil) {
    self.number = number
    self.title = title
    self.package = package
    self.command = command
    self.data = data
    self.paper = paper
  }

  /// The whole command: "d2l vision lenet"; in a program that bears the package's name, "my-app lenet".
  public var invocation: String { programName == package ? "\(package) \(command)" : "d2l \(package) \(command)" }

  /// The same by the program that is running, as it was typed: ".build/release/d2l-vision lenet".
  var typedInvocation: String {
    let isOwn = programName == package || programName == "d2l-\(package)"
    return isOwn ? "\(typedProgram) \(command)" : "\(typedProgram) \(package) \(command)"
  }

  private var typedProgram: String { CommandLine.arguments.first ?? "d2l" }
  private var programName: String { typedProgram.split(separator: "/").last.map(String.init) ?? "d2l" }
}

/// Something worth trying after a run.
public struct NextStep: Sendable {
  /// What to give the section's command: "--seed 1".
  public let arguments: String
  /// What for: "other weights to begin with".
  public let purpose: String

  /// A step from the arguments and their purpose.
  public init(_ arguments: String, _ purpose: String) {
    self.arguments = arguments
    self.purpose = purpose
  }
}

/// A runnable section of the book: a command that says which section it is.
public protocol Section: ParsableCommand {
  /// Which section it is.
  static var info: SectionInfo { get }
}

extension Section {
  /// The command's name and help, from the section.
  public static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: info.command, abstract: "\(info.number) \(info.title)",
      discussion: "Data: \(info.data)." + (info.paper.map { "\nPaper: \($0)." } ?? ""))
  }
}
