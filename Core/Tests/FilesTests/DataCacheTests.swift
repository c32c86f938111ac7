import D2LFiles
import D2LTestSupport
import Foundation
import Testing

@Suite struct DataEnvironmentTests {
  @Test func theCacheFollowsTheVariables() {
    func cache(_ variables: [String: String]) -> String {
      DataEnvironment(variables: variables, home: "/h").cacheFolder
    }
    #expect(cache([:]) == "/h/.cache/d2l")
    #expect(cache(["XDG_CACHE_HOME": "/x"]) == "/x/d2l")
    #expect(cache(["XDG_CACHE_HOME": "relative"]) == "/h/.cache/d2l")
    #expect(cache(["XDG_CACHE_HOME": "/x", "D2L_CACHE": "/c"]) == "/c")
    #expect(cache(["D2L_CACHE": ""]) == "/h/.cache/d2l")
    #expect(DataEnvironment(variables: ["D2L_DATA": ""], home: "/h").dataFolder == nil)
    #expect(DataEnvironment(variables: ["D2L_DATA": "/d"], home: "/h").dataFolder == "/d")
    #expect(DataEnvironment.process.home.isEmpty == false)
  }
}

@Suite struct DataCacheTests {
  let scratch: Scratch
  let server: LoopbackServer
  let dataset: RemoteDataset
  let plain: [UInt8]
  let packed: [UInt8]

  init() throws {
    scratch = try Scratch()
    var random = SplitMix(state: 61)
    let plain = random.text(5_000)
    let content = random.text(9_000)
    let packed = try Gzip.compress(content, level: 9)
    (self.plain, self.packed) = (plain, packed)
    server = try LoopbackServer { request, _ in
      switch request.path {
      case "a.txt": .file(plain, request)
      case "b.gz": .file(packed, request)
      default: LoopbackServer.Answer(status: 404)
      }
    }
    dataset = RemoteDataset(
      name: "set", title: "A set",
      files: [
        DataFile(
          "a.txt", urls: [server.url("a.txt")],
          published: Fingerprint(size: plain.count, sha1: SHA1.hex(of: plain))),
        DataFile(
          "b.gz", urls: [server.url("b.gz")],
          published: Fingerprint(size: packed.count, sha256: SHA256.hex(of: packed)),
          contents: [DataFile.Content(Fingerprint(size: content.count, sha256: SHA256.hex(of: content)))]),
      ],
      systemFolders: [scratch.path + "/system/set"], terms: "free", hint: "ask a friend")
  }

  private func cache(data: Bool = true) -> DataCache {
    var variables = ["D2L_CACHE": scratch.path + "/cache"]
    if data { variables["D2L_DATA"] = scratch.path + "/data" }
    return DataCache(
      environment: DataEnvironment(variables: variables, home: "/nowhere"),
      downloader: Downloader(attempts: 1, firstPause: 0, patience: 60))
  }

  private func put(_ place: String, _ a: [UInt8]? = nil, _ b: [UInt8]? = nil) throws {
    try writeAtomically(a ?? plain, to: "\(scratch.path)/\(place)/set/a.txt", createFolders: true)
    try writeAtomically(b ?? packed, to: "\(scratch.path)/\(place)/set/b.gz", createFolders: true)
  }

  @Test func placesAreTriedInOrder() throws {
    #expect(try cache().locate(dataset) == nil)
    for (place, origin) in [("system", DataLocation.Origin.system), ("cache", .cache), ("data", .dataFolder)] {
      try put(place)
      let location = try #require(try cache().locate(dataset))
      #expect(location.origin == origin && location.folder == "\(scratch.path)/\(place)/set")
      #expect(try location.path(of: "b.gz") == "\(scratch.path)/\(place)/set/b.gz")
      #expect(throws: FileError.self) { try location.path(of: "c") }
    }
    #expect(try cache(data: false).locate(dataset)?.origin == .cache)
    #expect(server.requests.isEmpty)
  }

  @Test func fetchesOnceAndVerifies() throws {
    let first = try cache().fetch(dataset)
    #expect(first.origin == .download && first.folder == scratch.path + "/cache/set")
    #expect(try contents(first.path(of: "a.txt")) == plain)
    #expect(first.description == "A set in \(scratch.path)/cache/set (download)")
    #expect(try cache().fetch(dataset).origin == .cache)
    #expect(server.requests.count == 2)
    // A damaged file of the cache is fetched again, the sound one is not.
    try writeAtomically([1], to: first.path(of: "a.txt"))
    let again = try cache().fetch(dataset)
    #expect(again.origin == .download && server.requests.map(\.path) == ["a.txt", "b.gz", "a.txt"])
    #expect(again.passedOver.contains { $0.file.hasSuffix("a.txt") })
    #expect(try contents(again.path(of: "a.txt")) == plain)
  }

  @Test func repackedFilesAreRecognisedByTheirContent() throws {
    let other = try Gzip.compress(Gzip.decompress(packed), level: 1)
    #expect(other != packed)
    try put("system", nil, other)
    #expect(try cache().locate(dataset)?.origin == .system)
    let findings = cache().findings(for: dataset).filter { $0.origin == .system }
    #expect(findings.map(\.state) == [.sound(.published), .sound(.repacked)])
    try put("system", nil, Gzip.compress(Array("another content".utf8)))
    #expect(try cache().locate(dataset) == nil)
  }

  @Test func damageInTheUsersFolderIsAnError() throws {
    try put("cache")
    try put("data", [1, 2, 3])
    let error = fileError { try cache().locate(dataset) as Any }
    #expect(error.file == scratch.path + "/data/set/a.txt" && error.problem.contains("3 bytes"))
    #expect(error.help?.contains("D2L_DATA") == true)
    #expect(throws: FileError.self) { try cache().fetch(dataset) }
    #expect(try cache(data: false).locate(dataset)?.origin == .cache)
  }

  @Test func incompletePlacesArePassedOverAndNamed() throws {
    try put("cache")
    try put("data")
    unlink(scratch.path + "/data/set/b.gz")
    let location = try #require(try cache().locate(dataset))
    #expect(location.origin == .cache)
    #expect(location.passedOver.map(\.file) == [scratch.path + "/data/set/b.gz"])
  }

  @Test func whatCannotBeFetchedSaysWhatToDo() throws {
    var broken = dataset
    broken.files[0].urls = [server.url("gone")]
    let error = fileError { try cache().fetch(broken) }
    #expect(error.problem.hasPrefix("A set is not on this machine and cannot be fetched: the server answers 404"))
    #expect(error.help?.contains(scratch.path + "/data/set") == true && error.help?.contains("ask a friend") == true)
    #expect(fileError { try cache(data: false).fetch(broken) }.help?.contains("D2L_DATA is not set") == true)
  }

  @Test func membersOfZipsAreCompared() throws {
    let bytes = try ZipWriter.archive([("x/a", plain), ("other", [1])])
    let path = try scratch.file("z.zip", bytes)
    func file(_ member: String, _ content: [UInt8]) -> DataFile {
      DataFile(
        "z.zip", urls: [], published: Fingerprint(sha1: String(repeating: "0", count: 40)),
        contents: [DataFile.Content(member: member, Fingerprint(sha256: SHA256.hex(of: content)))])
    }
    #expect(try file("x/a", plain).verify(path: path) == .repacked)
    #expect(fileError { try file("x/a", [1]).verify(path: path) }.problem.contains("SHA-256"))
    #expect(throws: FileError.self) { try file("x/b", plain).verify(path: path) }
  }
}

@Suite struct DatasetsTests {
  @Test func descriptionsAreWellFormed() {
    #expect(Set(RemoteDataset.all.map(\.name)).count == RemoteDataset.all.count)
    for dataset in RemoteDataset.all {
      #expect(!dataset.files.isEmpty && !dataset.terms.isEmpty)
      #expect(RemoteDataset.named(dataset.name) == dataset)
      for file in dataset.files {
        #expect(file.published.hasSum && !file.urls.isEmpty)
        let sums = [file.published] + file.contents.map(\.fingerprint)
        for sum in sums {
          #expect(sum.sha256.map { $0.count == 64 && $0.allSatisfy(\.isHexDigit) } ?? true)
          #expect(sum.sha1.map { $0.count == 40 && $0.allSatisfy(\.isHexDigit) } ?? true)
        }
        for url in file.urls { #expect(url.hasPrefix("http") && url.hasSuffix("/" + file.name)) }
      }
    }
    #expect(RemoteDataset.named("nothing") == nil)
  }

  /// Every real copy must be recognised, and none by chance: a byte changed is noticed.
  @Test(
    .enabled(if: realData != nil, needsRealData),
    arguments: [
      "fashion-mnist", "mnist", "timemachine", "fra-eng", "ptb", "kaggle-house", "airfoil", "ml-100k",
    ])
  func realCopiesAreRecognised(name: String) throws {
    let root = try #require(realData)
    let dataset = try #require(RemoteDataset.named(name))
    let environment = DataEnvironment(variables: ["D2L_DATA": root], home: "/nowhere")
    #expect(try DataCache(environment: environment).locate(dataset)?.origin == .dataFolder)
  }

  static let debian = RemoteDataset.fashionMNIST.systemFolders.first { FileManager.default.fileExists(atPath: $0) }

  @Test(.enabled(if: debian != nil, "the package dataset-fashion-mnist is not installed"))
  func debiansCopyIsRecognised() throws {
    let environment = DataEnvironment(variables: [:], home: "/nowhere")
    #expect(try DataCache(environment: environment).locate(.fashionMNIST)?.folder == Self.debian)
  }
}
