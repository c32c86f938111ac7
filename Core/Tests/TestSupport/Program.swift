import Foundation
import Synchronization

/// A program of this build, run as its users run it.
public struct Program: Sendable {
  /// What a run of it came to.
  public struct Outcome: Sendable {
    /// The exit status, or 128 and the signal's number where a signal ended it.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String
  }

  private let executable: URL

  /// The program of this name, which lies beside the tests. Throws if it has not been built.
  public init(_ name: String) throws {
    for path in [CommandLine.arguments.first, Bundle.main.executablePath].compactMap({ $0 }) {
      // On macOS the tests are a bundle, whose executable lies three folders deeper.
      var folder = URL(filePath: path)
      for _ in 0..<4 {
        folder.deleteLastPathComponent()
        let file = folder.appending(path: name)
        if FileManager.default.isExecutableFile(atPath: file.path) {
          executable = file
          return
        }
      }
    }
    throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: name])
  }

  /// Runs it to its end. `variables` replace those of this process; an empty one is unset. `interruptAfter` sends SIGINT once
  /// that text has appeared on standard output.
  public func run(
    _ arguments: [String], variables: [String: String] = [:], in folder: String? = nil,
    interruptAfter text: String? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }.filter { !$0.value.isEmpty }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try Program.start(process)
    let errorText = Collected()
    let isRead = DispatchSemaphore(value: 0)
    let errorHandle = errors.fileHandleForReading
    DispatchQueue.global().async {
      errorText.append(errorHandle.readDataToEndOfFile())
      isRead.signal()
    }
    let outputText = Collected()
    var isInterrupted = false
    while case let data = output.fileHandleForReading.availableData, !data.isEmpty {
      outputText.append(data)
      if let text, !isInterrupted, outputText.text.contains(text) {
        process.interrupt()
        isInterrupted = true
      }
    }
    isRead.wait()
    process.waitUntilExit()
    let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return Outcome(status: status, output: outputText.text, errors: errorText.text)
  }

  /// Tests run on threads that block signals, which a new process would inherit: Ctrl-C would never reach it.
  private static func start(_ process: Process) throws {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
  }

  /// Filled by one thread at a time.
  private final class Collected: Sendable {
    private let data = Mutex(Data())

    func append(_ data: Data) { self.data.withLock { $0 += data } }

    var text: String { data.withLock { String(decoding: $0, as: UTF8.self) } }
  }
}

/// A folder for one test, gone when the test is.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: String

  /// A new, empty folder.
  public init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "d2l-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  public func file(_ name: String) -> String { path + "/" + name }
}
