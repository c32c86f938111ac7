import ArgumentParser
import Foundation

extension ParsableCommand {
  /// Runs the command line as a program: 0 when all went well, 1 when the world was not as it should be (files, data), 2 when the command line was
  /// wrong, 130 after Ctrl-C. Error messages go to standard error.
  public static func runAsProgram() -> Never {
    // A reader that goes away (`| head`) is no reason to die with a signal's status.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
      Foundation.exit(0)
    } catch let interruption as InterruptedRun {
      print(interruption.description)
      Foundation.exit(130)
    } catch {
      let code = exitCode(for: error)
      if code == .success {
        print(fullMessage(for: error))
        Foundation.exit(0)
      }
      let isUsage = code == .validationFailure
      let message = isUsage ? fullMessage(for: error) : "Error: \(error)"
      FileHandle.standardError.write(Data((message + "\n").utf8))
      Foundation.exit(isUsage ? 2 : 1)
    }
  }
}
