import ArgumentParser
import D2LCommands
import D2LCore

/// Section 2.7: what there is in a module, and what one of its functions does.
///
/// A Swift program cannot list a module's functions as Python's `dir` and `help` do; the sources can: every public declaration has a
/// documentation comment, which editors and DocC show too.
struct DocumentationSection: Section {
  static let info = SectionInfo(
    number: "2.7", title: "Documentation", package: "core", command: "documentation", data: "none")

  @OptionGroup var options: ExampleOptions

  @Option(help: ArgumentHelp("What to look up in the tensor module.", valueName: "word"))
  var of = "ones"

  @Option(
    help: ArgumentHelp("The folder of Core's sources. (default: where this program was built from)", valueName: "dir"))
  var sources: String?

  func validate() throws {
    guard !of.isEmpty else { throw ValidationError("--of takes a word to look up.") }
  }

  func run() throws {
    let declarations = try SourceDocumentation.declarations(
      in: (sources ?? SourceDocumentation.builtFrom) + "/D2LTensor")
    let found = declarations.filter { $0.text.contains(of) }
    guard !found.isEmpty else {
      throw ValidationError("--of \(of): no public declaration of D2LTensor has it in its name or parameters.")
    }
    let run = try ExampleRun(Self.info, options)

    run.part("Finding functions in a module")
    run.show("public declarations of D2LTensor", declarations.count)
    let random = declarations.filter { $0.text.contains("(random") }
    run.show("those that draw random arrays", random.map(\.text).joined(separator: "\n"))

    run.part("What one of them does")
    for declaration in found {
      run.show(declaration.text, "\(declaration.documentation)\n(\(declaration.place))")
    }
    run.show("Tensor<Float>(ones: [4])", Tensor<Float>(ones: [4]))
    try run.finish()
  }
}
