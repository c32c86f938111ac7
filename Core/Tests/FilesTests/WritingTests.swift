import D2LFiles
import Foundation
import Testing

@Suite struct WritingTests {
  let scratch: Scratch
  init() throws { scratch = try Scratch() }

  @Test func writesAndReplaces() throws {
    let path = scratch.path + "/a.bin"
    try writeAtomically([1, 2, 3], to: path)
    #expect(try contents(path) == [1, 2, 3])
    try writeAtomically("new", to: path)
    #expect(try contents(path) == Array("new".utf8))
    let count = try writeAtomically(to: path) { file throws(FileError) in
      try file.write([UInt8](repeating: 1, count: 70_000))
      try file.write("x")
      return file.count
    }
    #expect(count == 70_001)
    #expect(try contents(path).count == 70_001)
    #expect(try scratch.names() == ["a.bin"])
  }

  @Test func anErrorOnTheWayLeavesTheOldFile() throws {
    let path = try scratch.file("a.bin", [1])
    let error = fileError {
      try writeAtomically(to: path) { file throws(FileError) in
        try file.write([2, 2, 2])
        throw FileError(file: "other", problem: "stop")
      }
    }
    #expect(error.problem == "stop")
    #expect(try contents(path) == [1])
    #expect(try scratch.names() == ["a.bin"])
  }

  @Test func withoutCommitNothingAppears() throws {
    do {
      let file = try AtomicFile(scratch.path + "/a.bin")
      try file.write([1])
    }
    #expect(try scratch.names() == [])
    let file = try AtomicFile(scratch.path + "/b.bin")
    try file.commit()
    #expect(throws: FileError.self) { try file.write([1]) }
    #expect(throws: FileError.self) { try file.commit() }
    #expect(try scratch.names() == ["b.bin"])
  }

  @Test func keepsPermissionsAndLinks() throws {
    let path = try scratch.file("a.bin", [1])
    #expect(chmod(path, 0o640) == 0)
    #expect(symlink("a.bin", scratch.path + "/link") == 0)
    try writeAtomically([2], to: scratch.path + "/link")
    #expect(try contents(path) == [2])
    var status = stat()
    #expect(lstat(scratch.path + "/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  @Test func missingFoldersAreNamedOrMade() throws {
    let path = scratch.path + "/x/y/a.bin"
    let error = fileError { try writeAtomically([1], to: path) }
    #expect(
      error.file == path && error.problem.contains(scratch.path + "/x/y") && error.help?.contains("mkdir") == true)
    try writeAtomically([1], to: path, createFolders: true)
    #expect(try contents(path) == [1])
    try createFolder(scratch.path + "/x/y/")
    try createFolder(scratch.path + "/x//z/")
    #expect(FileManager.default.fileExists(atPath: scratch.path + "/x/z"))
    #expect(fileError { try createFolder(path + "/more") }.problem.contains("file is where a folder"))
    #expect(throws: FileError.self) { try createFolder("") }
    #expect(throws: FileError.self) { try createFolder(String(repeating: "a/", count: 1_000_000)) }
  }

  @Test func whatIsNoFileIsNotReplaced() throws {
    #expect(fileError { try writeAtomically([1], to: scratch.path) }.problem.contains("a folder"))
    #expect(mkfifo(scratch.path + "/pipe", 0o600) == 0)
    #expect(fileError { try writeAtomically([1], to: scratch.path + "/pipe") }.problem.contains("device, pipe"))
    #expect(fileError { try writeAtomically([1], to: "/dev/null") }.problem.contains("device, pipe"))
    for path in ["", "/", scratch.path + "/", "a\0b"] {
      #expect(throws: FileError.self) { try writeAtomically([1], to: path) }
    }
    #expect(throws: FileError.self) {
      try writeAtomically([1], to: scratch.path + "/" + String(repeating: "n", count: 300))
    }
    #expect(try scratch.names() == ["pipe"])
  }

  /// In a process of its own, because it gives up the rights that it may have as root.
  @Test func unwritableFoldersAreNamed() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      #expect(chmod(scratch.path, 0o555) == 0)
      if geteuid() == 0 { #expect(seteuid(65_534) == 0) }
      let error = fileError { try writeAtomically([1], to: scratch.path + "/a") }
      #expect(error.problem.contains("Permission denied") && error.problem.contains(scratch.path))
      #expect(fileError { try createFolder(scratch.path + "/sub") }.problem.contains("Permission denied"))
      seteuid(getuid())
      chmod(scratch.path, 0o755)
    }
  }

  /// In a process of its own, because the limit holds for all of the process. It fails like a full disk does: midway.
  @Test func aWriteThatFailsMidwayLeavesTheOldFile() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      let path = try scratch.file("a.bin", [1])
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      #if canImport(Glibc)
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      #else
        #expect(setrlimit(RLIMIT_FSIZE, &limit) == 0)
      #endif
      let error = fileError { try writeAtomically([UInt8](repeating: 2, count: 200_000), to: path) }
      #expect(error.problem.contains("cannot write") && error.help?.contains("largest size") == true)
      #expect(try contents(path) == [1])
      #expect(try scratch.names() == ["a.bin"])
    }
  }
}
