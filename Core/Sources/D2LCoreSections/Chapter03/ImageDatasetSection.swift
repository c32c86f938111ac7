import ArgumentParser
import D2LCommands
import D2LCore

/// Section 3.5: Fashion-MNIST: what is in it, how it looks, how fast it is read.
struct ImageDatasetSection: Section {
  static let info = SectionInfo(
    number: "3.5", title: "The Image Classification Dataset", package: "core", command: "image-dataset",
    data: "Fashion-MNIST", paper: "Xiao, Rasul, Vollgraf, \"Fashion-MNIST: a Novel Image Dataset\", 2017")

  @OptionGroup var options: ExampleOptions

  @Option(
    help: "What to look at. Without this option: the real data where it is found on this machine, else synthetic.")
  var data: DataChoice?

  func validate() throws {
    guard !(options.quick && data == .real) else {
      throw ValidationError("--quick runs on generated data; leave out --data real.")
    }
  }

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let images = try ImageSplit.fashion(data, quick: options.quick, seed: options.seed)

    run.part("Reading the dataset")
    run.show("data", images.details)
    run.show("images to learn from", images.training.count)
    run.show("images to test on", images.test.count)
    run.show("shape of the first image", "\(images.training.images[0].shape)")
    run.show("classes", images.training.classNames.joined(separator: ", "))
    var grid = ImageGrid(columns: 9, padding: 6, scale: 2)
    for number in 0..<18 {
      let label = Int(images.training.labels[number].item())
      grid.append(images.training.picture(of: number), caption: images.training.classNames[label])
    }
    try run.picture("images", grid.rendered(), alternative: "the first 18 images with their classes")

    run.part("Reading a minibatch")
    let loader = DataLoader(images.training, batchSize: 256, shuffled: true, seed: options.seed, workers: 4)
    var stopwatch = Stopwatch()
    try stopwatch.measure {
      let batches = loader.batches()
      while try batches.next() != nil {}
    }
    run.show("batches of 256 in an epoch", loader.batchCount)
    run.show("seconds to read them on 4 threads", stopwatch.times.last ?? 0, decimals: 2)

    run.part("Putting all things together")
    let resized = MappedDataset(images.training) { batch, _ in
      let size = (64, 64)
      return LabeledBatch(
        inputs: upsample(batch.inputs, size: size, interpolation: .bilinear()), labels: batch.labels)
    }
    let batch = try DataLoader(resized, batchSize: 32, shuffled: true, seed: options.seed).batches().next()
    if let batch {
      run.show("shape of 32 images resized to 64", "\(batch.inputs.shape) of \(batch.inputs.erased.dtype)")
      run.show("shape of their labels", "\(batch.labels.shape) of \(batch.labels.erased.dtype)")
    }
    try run.finish()
  }
}
