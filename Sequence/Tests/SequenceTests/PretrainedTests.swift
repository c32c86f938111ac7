import D2LCore
import D2LSequence
import D2LTestSupport
import Foundation
import Testing

private let packages = ProcessInfo.processInfo.environment["D2L_PACKAGES"].flatMap { $0.isEmpty ? nil : $0 }
private let needsPackages: Comment = "D2L_PACKAGES is not set to a folder of unpacked Python packages with weights"

/// Trained models of others, held to what their own programs make of the same input.
@Suite struct PretrainedTests {
  /// 1,000 words as g2p-en's own code pronounces them (Tools/Parity/sequence_pronunciations.py).
  @Test(.enabled(if: packages != nil, needsPackages)) func aThousandWords() throws {
    let model = try GraphemeToPhoneme(weights: "\(packages ?? "")/g2p_en/checkpoint20.npz")
    let golden = try Golden("pronunciations")
    #expect(golden.names.count == 1000)
    let expected = try golden.names.map { try #require(try golden.entry($0) as? String) }
    let greedy = try model.sounds(of: golden.names).map { $0.joined(separator: " ") }
    let beam = try model.candidates(for: golden.names, beams: 1).map { $0[0].sounds.joined(separator: " ") }
    let different = zip(golden.names, zip(greedy, expected)).filter { $0.1.0 != $0.1.1 }
    #expect(different.isEmpty, "\(different.prefix(5))")
    #expect(beam == greedy)
    // More beams find what is at least as probable, for nearly all words what greedy search found.
    let some = Array(golden.names.prefix(200))
    let (one, five) = (
      try model.candidates(for: some, beams: 1, lengthPenalty: 0),
      try model.candidates(for: some, beams: 5, lengthPenalty: 0)
    )
    let gain = zip(one, five).map { $1[0].hypothesis.logProbability - $0[0].hypothesis.logProbability }
    #expect(gain.allSatisfy { $0 > -1e-4 })
    #expect(gain.contains { $0 > 0.01 })
  }

  @Test(.enabled(if: packages != nil, needsPackages)) func wordsThatAreNone() throws {
    let model = try GraphemeToPhoneme(weights: "\(packages ?? "")/g2p_en/checkpoint20.npz")
    for word in ["", "123", "a1", "日本", "--"] { #expect(throws: SequenceError.self) { try model.sounds(of: [word]) } }
    #expect(try model.sounds(of: ["Café"]) == model.sounds(of: ["cafe"]))
    #expect(try model.sounds(of: ["encyclopedia"])[0].joined(separator: " ") == "IH0 N S AY2 K L AH0 P IY1 D IY0 AH0")
  }

  @Test func soundsAreThePackages() {
    #expect(GraphemeToPhoneme.graphemes.count == 29)
    #expect(GraphemeToPhoneme.phonemes.count == 74)
  }

  @Test func weightsOfAnotherKind() throws {
    let folder = try TemporaryFolder()
    try Safetensors.write(["enc_emb": Tensor<Float>(zeros: [29, 4]).erased], to: folder.file("part.safetensors"))
    #expect(throws: LoadError.self) { try GraphemeToPhoneme(weights: folder.file("part.safetensors")) }
    #expect(throws: FileError.self) { try GraphemeToPhoneme(weights: folder.file("none.npz")) }
  }

  /// Resemblyzer's LSTM of three layers, its file in PyTorch's old format, against PyTorch (Tools/Parity/sequence.py).
  @Test(.enabled(if: packages != nil, needsPackages)) func voices() throws {
    let model = try VoiceEncoder(weights: "\(packages ?? "")/resemblyzer/pretrained.pt")
    let golden = try Golden("voices")
    let vectors = withoutGradient { model(Formula.uniform([3, 80, 40], 300, from: 0, to: 1)) }
    #expect(try golden.mismatch(vectors, with: "voices", relative: 1e-4) == nil)
  }
}
