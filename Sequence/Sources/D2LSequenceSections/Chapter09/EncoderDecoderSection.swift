import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// Section 9.6: one model reads into a state, another writes from it. Any recurrent layer will do for both.
struct EncoderDecoderSection: Section {
  static let info = SectionInfo(
    number: "9.6", title: "Encoder-Decoder Architecture", package: "sequence", command: "encoder-decoder",
    data: "none",
    paper: "Sutskever, Vinyals, Le, \"Sequence to Sequence Learning with Neural Networks\", 2014")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let source = Tensor<Int64>(zeros: [4, 7])
    var table = TextTable("layer", "encoder's outputs", "state", "decoder's logits", "parameters")
    for kind in RecurrentKind.allCases {
      let model = run.source.scope {
        Seq2Seq(Seq2SeqConfiguration(kind, source: 10, target: 10, embedding: 8, hidden: 16, layers: 2))
      }
      model.eval()
      let (output, state) = model.encoder(source)
      let (logits, _) = model.decoder(source, from: model.decoder.beginning(with: state))
      table.add(
        kind.rawValue, "\(output.shape)", "\(state.hidden.shape)" + (state.cell == nil ? "" : " twice"),
        "\(logits.shape)", grouped(model.parameterCount))
      if kind == .gru {
        run.show("GRU: outputs of the encoder, time first", "\(output.shape)")
        run.show("GRU: its state", "\(state.hidden.shape)")
        run.show("GRU: logits of the decoder, time first", "\(logits.shape)")
      }
    }
    run.table(table, caption: "A batch of 4 sentences of 7 tokens of 10; vectors of 8, two layers of 16 units.")
    try run.finish()
  }
}
