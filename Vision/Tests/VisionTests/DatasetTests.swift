import D2LCore
import D2LTestSupport
import D2LVision
import Foundation
import Testing

@Suite struct DatasetTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ image: Image, _ path: String) throws {
    let file = URL(filePath: folder.file(path))
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try image.write(to: file.path)
  }

  private func color(_ red: UInt8, _ width: Int = 9, _ height: Int = 6) -> Image {
    Image(width: width, height: height, filledWith: [red, 0, 0])
  }

  private let plain = ImagePipeline([Resize(width: 8, height: 8)])

  // MARK: Folders of pictures

  @Test func foldersAreClasses() throws {
    try write(color(10), "set/dog/1.png")
    try write(color(20), "set/cat/a/deep.png")
    try write(color(30).converted(toChannels: 1), "set/cat/b.jpg")
    try write(color(40), "set/cat/.hidden.png")
    let set = try ImageFolder(folder.file("set"), pipeline: plain)
    #expect(set.classNames == ["cat", "dog"])
    #expect(set.labels == [0, 0, 1])
    #expect(set.skipped.isEmpty)
    var generator = RandomGenerator(seed: 0)
    let batch = try set.batch([2, 0], using: &generator)
    #expect(batch.inputs.shape == [2, 3, 8, 8] && batch.labels.values == [1, 0])
    #expect(batch.inputs[0, 0, 0, 0].item() == 10 / 255 && batch.inputs[1, 0, 0, 0].item() == 20 / 255)
  }

  @Test func unreadableFilesAreSkippedByName() throws {
    for name in ["cat", "dog"] { try write(color(1), "set/\(name)/good.png") }
    try Data().write(to: URL(filePath: folder.file("set/cat/empty.jpg")))
    try Data("not a picture".utf8).write(to: URL(filePath: folder.file("set/cat/notes.png")))
    let whole = try Data(contentsOf: URL(filePath: folder.file("set/dog/good.png")))
    try whole.dropLast(30).write(to: URL(filePath: folder.file("set/dog/torn.png")))
    try write(color(2), "set/beside.png")
    let set = try ImageFolder(folder.file("set"), pipeline: plain)
    #expect(set.count == 2)
    #expect(set.skipped.count == 4)
    for name in ["empty.jpg", "notes.png", "torn.png", "beside.png"] {
      let found = set.skipped.filter { $0.path.hasSuffix(name) && $0.description.contains(name) }
      #expect(found.count == 1, "\(name)")
    }
    // Heads alone do not show that a file was cut off; the batch does.
    let quick = try ImageFolder(folder.file("set"), pipeline: plain, checking: .heads)
    #expect(quick.count == 3)
    let torn = try #require(quick.examples.firstIndex { $0.path.hasSuffix("torn.png") })
    #expect(throws: ImageError.self) {
      var generator = RandomGenerator(seed: 0)
      _ = try quick.batch([torn], using: &generator)
    }
  }

  @Test func emptyClassesAndFoldersAreErrors() throws {
    func error(_ path: String, classNames: [String]? = nil) -> FileError? {
      #expect(throws: FileError.self) { try ImageFolder(folder.file(path), classNames: classNames, pipeline: plain) }
    }
    #expect(error("nowhere")?.file.hasSuffix("nowhere") == true)
    try write(color(1), "flat/1.png")
    #expect(error("flat")?.problem.contains("no folders") == true)
    try write(color(1), "set/cat/1.png")
    try FileManager.default.createDirectory(atPath: folder.file("set/dog"), withIntermediateDirectories: true)
    #expect(error("set")?.file.hasSuffix("set/dog") == true)
    #expect(error("set")?.problem == "the class's folder is empty")
    try Data("x".utf8).write(to: URL(filePath: folder.file("set/dog/1.png")))
    #expect(error("set")?.problem.contains("no readable picture") == true)
    #expect(error("set")?.problem.contains("1.png") == true)
    let others = error("set", classNames: ["cat", "cow"])
    #expect(others?.problem.contains("\"cow\" is missing, \"dog\" is not one of them") == true)
  }

  // MARK: CIFAR-10

  /// Images whose bytes count through, in the binary version's layout.
  private func cifar(_ labels: [UInt8]) -> Data {
    Data(
      labels.enumerated().flatMap { number, label in
        [label] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
      })
  }

  @Test func binaryCIFAR() throws {
    for number in 1...5 {
      try cifar([UInt8(number), 0]).write(to: URL(filePath: folder.file("data_batch_\(number).bin")))
    }
    try cifar([9, 3, 4]).write(to: URL(filePath: folder.file("test_batch.bin")))
    let (training, test) = try CIFAR10.load(binaryFolder: folder.path)
    #expect(training.labels.values == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0])
    #expect(test.labels.values == [9, 3, 4] && test.images.shape == [3, 3, 32, 32])
    // Green of row 2, column 5 of the second image.
    #expect(test.images[1, 1, 2, 5].item() == UInt8(truncatingIfNeeded: (1024 + 2 * 32 + 5) * 7 + 1))
    #expect(test.classNames[9] == "truck")
  }

  @Test func damagedCIFAR() throws {
    let path = folder.file("x.bin")
    func error() -> FileError? { #expect(throws: FileError.self) { try CIFAR10.read(binary: [path]) } }
    try cifar([1, 2]).dropLast().write(to: URL(filePath: path))
    #expect(error()?.problem.contains("not a whole number of images") == true)
    try Data().write(to: URL(filePath: path))
    #expect(error()?.problem.contains("0 bytes") == true)
    try cifar([1, 10]).write(to: URL(filePath: path))
    #expect(error()?.place == .byte(3073))
  }

  @Test func folderOfCIFARImages() throws {
    for (number, name) in CIFAR10.classNames.enumerated() {
      try write(color(UInt8(number), 32, 32), "cifar/\(name)/0.png")
    }
    try write(color(1, 31, 32), "cifar/cat/small.png")
    let (images, skipped) = try CIFAR10.load(imageFolder: folder.file("cifar"))
    #expect(images.labels.values == (0..<10).map { Int64($0) })
    #expect(images.images[7, 0, 31, 31].item() == 7)
    #expect(skipped.count == 1 && skipped[0].description.contains("31 x 32 pixels"))
  }

  /// The real pictures of a subset in JPEG files, and a trained network's accuracy on them.
  @Test(.enabled(if: realData != nil, "D2L_DATA is not set to a folder of data sets")) func realCIFARPictures() throws {
    let archive = try ZipArchive(path: try #require(realData).path + "/cifar10-jpg/cifar10_jpg_subset.zip")
    for entry in archive.entries where entry.name.hasPrefix("test/") && entry.name.hasSuffix(".jpg") {
      let file = URL(filePath: folder.file(entry.name))
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(archive.bytes(of: entry)).write(to: file)
    }
    let (images, skipped) = try CIFAR10.load(imageFolder: folder.file("test"))
    #expect(images.count == 500 && skipped.isEmpty)
    // The network of PyTorch's tutorial: 293 of the 500 by PyTorch.
    let network = Sequential {
      Conv2d(3, 6, kernel: 5)
      ReLU()
      MaxPool2d(2)
      Conv2d(6, 16, kernel: 5)
      ReLU()
      MaxPool2d(2)
      Flatten()
      Linear(400, 120)
      ReLU()
      Linear(120, 84)
      ReLU()
      Linear(84, 10)
    }
    let names: KeyMap = [
      .prefix("conv1.", "0."), .prefix("conv2.", "3."), .prefix("fc1.", "7."), .prefix("fc2.", "9."),
      .prefix("fc3.", "11."),
    ]
    try network.loadWeights(
      try #require(realData).path + "/weights/torch-legacy/captum_cifar_lenet.pt", LoadOptions(keyMap: names))
    let inputs = (images.images.converted(to: Float.self) / 255 - 0.5) / 0.5
    let guesses = network.evaluating { network(inputs).argmax(axis: 1).values }
    let right = zip(guesses, images.labels.values).count { $0 == $1 }
    #expect(abs(right - 293) <= 2, "\(right) of 500")
  }
}
