import D2LCommands
import D2LTools

/// The program `d2l`.
@main
struct Main {
  static func main() { D2L.runAsProgram() }
}
