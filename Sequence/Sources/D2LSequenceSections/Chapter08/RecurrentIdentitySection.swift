import ArgumentParser
import D2LCommands
import D2LCore

/// Section 8.4: two matrix products are one.
struct RecurrentIdentitySection: Section {
  static let info = SectionInfo(
    number: "8.4", title: "Recurrent Neural Networks", package: "sequence", command: "recurrence", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let (x, inputWeight, h, hiddenWeight) = run.source.scope {
      (
        Tensor<Float>(randomNormal: [3, 1]), Tensor<Float>(randomNormal: [1, 4]), Tensor<Float>(randomNormal: [3, 4]),
        Tensor<Float>(randomNormal: [4, 4])
      )
    }
    let apart = x.matmul(inputWeight) + h.matmul(hiddenWeight)
    let joined = x.concatenated(with: h, axis: 1).matmul(inputWeight.concatenated(with: hiddenWeight))
    run.show("X W_xh + H W_hh", apart)
    run.show("[X, H] [W_xh; W_hh]", joined)
    run.show("largest difference", Double(abs(apart - joined).max().item()), decimals: 9)
    run.say("A recurrent layer is a dense layer over its input and its own last output.")
    try run.finish()
  }
}
