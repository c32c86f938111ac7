/// A file of a published data set: where it comes from and how it is recognised.
public struct DataFile: Hashable, Sendable {
  /// What is inside a packed file, for copies that were packed anew and so have other sums than the publisher's.
  public struct Content: Hashable, Sendable {
    /// Name inside a zip archive; nil for the content of a gzip file.
    public var member: String?
    /// Size and sum of the unpacked bytes.
    public var fingerprint: Fingerprint

    /// A part of the content.
    public init(member: String? = nil, _ fingerprint: Fingerprint) {
      self.member = member
      self.fingerprint = fingerprint
    }
  }

  /// How a file on the disk was recognised.
  public enum Match: Hashable, Sendable {
    /// Byte for byte what the publisher offers.
    case published
    /// Another packing of the same content.
    case repacked
  }

  /// Name in the data set's folder.
  public var name: String
  /// Addresses to fetch it from, the publisher's first.
  public var urls: [String]
  /// Size and sum as published.
  public var published: Fingerprint
  /// Sums of what is inside; empty if only the published file will do.
  public var contents: [Content]

  /// A file of a data set.
  public init(_ name: String, urls: [String], published: Fingerprint, contents: [Content] = []) {
    self.name = name
    self.urls = urls
    self.published = published
    self.contents = contents
  }

  /// Reads the file at `path` and says how it was recognised.
  ///
  /// Throws if it cannot be read or is neither what was published nor another packing of the same content.
  @discardableResult
  public func verify(path: String) throws(FileError) -> Match {
    do throws(FileError) {
      try published.verify(path: path)
      return .published
    } catch {
      guard !contents.isEmpty, System.status(of: path)?.isRegular == true else { throw error }
    }
    for content in contents { try verify(content, path) }
    return .repacked
  }

  private func verify(_ content: Content, _ path: String) throws(FileError) {
    guard let member = content.member else {
      let limit = content.fingerprint.size ?? Gzip.defaultLimit
      return try content.fingerprint.verify(GzipStream(path: path, limit: limit), name: path)
    }
    let archive = try ZipArchive(path: path)
    let entry = try archive.entry(member)
    try content.fingerprint.verify(archive.stream(of: entry), name: "\(path), member \(member)")
  }
}

/// A data set that lies somewhere on this machine or can be fetched.
public struct RemoteDataset: Hashable, Sendable {
  /// Name of its folder, as "fashion-mnist".
  public var name: String
  /// Name for people, as "Fashion-MNIST".
  public var title: String
  /// Its files; all are needed.
  public var files: [DataFile]
  /// Folders where packages of the operating system put the files.
  public var systemFolders: [String]
  /// Who may use it and how, as its publisher says.
  public var terms: String
  /// Another way to get it, shown when it cannot be fetched.
  public var hint: String?

  /// A data set.
  public init(
    name: String, title: String, files: [DataFile], systemFolders: [String] = [], terms: String, hint: String? = nil
  ) {
    self.name = name
    self.title = title
    self.files = files
    self.systemFolders = systemFolders
    self.terms = terms
    self.hint = hint
  }
}
