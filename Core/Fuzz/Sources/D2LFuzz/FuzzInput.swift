import Foundation

/// One input: as bytes, or as a file in memory for readers that take a path.
struct FuzzInput {
  let bytes: [UInt8]

  /// The input as a file of this name, in a folder of the process's own that is (on Linux) in memory.
  func file(_ name: String) -> String {
    let path = ScratchFolder.path + "/" + name
    ScratchFolder.write(bytes, to: path)
    return path
  }
}

/// The folder of the files that inputs become.
enum ScratchFolder {
  static let path: String = {
    let memory = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    let path = ProcessInfo.processInfo.environment["D2L_FUZZ_SCRATCH"] ?? memory + "/d2l-fuzz-\(getpid())"
    mkdir(path, 0o700)
    return path
  }()

  static func write(_ bytes: [UInt8], to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { fatalError("cannot write \(path)") }
    defer { close(descriptor) }
    guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count else { fatalError("cannot write \(path)") }
  }
}
