import ArgumentParser
import D2LCommands
import D2LCore

/// Section 6.3: what padding and stride do to the size of an image.
struct PaddingSection: Section {
  static let info = SectionInfo(
    number: "6.3", title: "Padding and Stride", package: "vision", command: "padding-and-stride", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let image = run.source.scope { Tensor<Float>(randomUniform: [8, 8]) }
    /// The size of what a convolution of one channel makes of the image.
    func size(_ layer: Conv2d) -> String {
      let output = layer(image.reshaped([1, 1, 8, 8]))
      return "\(output.shape[2]) × \(output.shape[3])"
    }

    run.part("Padding: 8 × 8 pixels")
    run.show("window 3, padding 1", size(Conv2d(1, 1, kernel: 3, padding: 1)))
    run.show("window 5 × 3, padding 2 and 1", size(Conv2d(1, 1, kernel: (5, 3), padding: (2, 1))))

    run.part("Stride: 8 × 8 pixels")
    run.show("window 3, padding 1, stride 2", size(Conv2d(1, 1, kernel: 3, stride: 2, padding: 1)))
    run.show(
      "window 3 × 5, padding 0 and 1, stride 3 and 4",
      size(Conv2d(1, 1, kernel: (3, 5), stride: (3, 4), padding: (0, 1))))
    try run.finish()
  }
}
