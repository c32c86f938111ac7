import D2LCommands
import Foundation
import Synchronization

/// Another program, run to its end.
struct Subprocess {
  private let executable: URL
  private let arguments: [String]

  /// A program with its arguments.
  init(_ executable: URL, _ arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// A command line as one would type it.
  init(_ command: String) { self.init(URL(filePath: "/bin/sh"), ["-c", command]) }

  /// What it wrote to standard output, and its exit status. Its error messages go where ours go. Ctrl-C is passed on to it where
  /// ``Interruption`` is watched.
  func run() throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let collected = Collected()
    let isRead = DispatchSemaphore(value: 0)
    let handle = pipe.fileHandleForReading
    DispatchQueue.global().async {
      collected.store(handle.readDataToEndOfFile())
      isRead.signal()
    }
    var isTold = false
    while isRead.wait(timeout: .now() + 0.1) == .timedOut {
      guard Interruption.isRequested && !isTold else { continue }
      process.interrupt()
      isTold = true
    }
    process.waitUntilExit()
    return (collected.text, process.terminationStatus)
  }

  /// Filled by one thread, then read by another.
  private final class Collected: Sendable {
    private let data = Mutex(Data())

    func store(_ data: Data) { self.data.withLock { $0 = data } }

    var text: String { data.withLock { String(decoding: $0, as: UTF8.self) } }
  }
}
