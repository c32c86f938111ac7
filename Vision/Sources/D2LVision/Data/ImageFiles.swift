import D2LCore
import Foundation

/// A file of a folder of pictures that is no readable picture, and why.
public struct SkippedFile: Sendable, Hashable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it.
  public let reason: String

  /// The reason, which names the file.
  public var description: String { reason }

  /// A file with what was wrong when it was read.
  public init(_ path: String, _ error: any Error) {
    self.path = path
    // A line of its own for the help would tear lists of warnings apart.
    reason = "\(error)".replacingOccurrences(of: "\n", with: "; ")
  }
}

/// The files of a folder and of the folders in it, sorted by path. Names that begin with a dot are not looked at.
///
/// Throws if the folder cannot be read.
public func filesInFolder(_ path: String) throws(FileError) -> [String] {
  var files: [String] = []
  for file in try contents(of: path).map({ path + "/" + $0 }) {
    if isFolder(file) { files += try filesInFolder(file) } else { files.append(file) }
  }
  return files
}

/// The names of the folders in a folder, sorted. Throws if it cannot be read.
func foldersInFolder(_ path: String) throws(FileError) -> [String] {
  try contents(of: path).filter { isFolder(path + "/" + $0) }
}

private func contents(of path: String) throws(FileError) -> [String] {
  do {
    return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
  } catch {
    throw FileError(file: path, problem: "the folder cannot be read", help: "check its path and permissions")
  }
}

/// Whether there is a folder at `path`.
public func isFolder(_ path: String) -> Bool {
  var isDirectory: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
}

/// How network pictures are read: three channels, upright; an alpha is dropped, as Pillow's `convert("RGB")` does.
public let colorPictures = ImageDecodingOptions(channels: 3)
