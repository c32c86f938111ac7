import D2LCore

/// Who speaks: three layers of LSTM over a mel spectrogram, and a point on a sphere (Wan et al., 2018), as the Python package Resemblyzer 0.1.4 trained it.
///
/// Keys `lstm.weight_ih_l0` … `lstm.bias_hh_l2`, `linear.weight`, `linear.bias`: those of the package's `pretrained.pt`.
public final class VoiceEncoder: Module {
  /// Bands of the spectrogram.
  public static let bands = 40
  private let lstm = LSTM(VoiceEncoder.bands, 256, layers: 3, batchFirst: true)
  private let linear = Linear(256, 256)

  /// An encoder of the package's sizes.
  public init() {}

  /// The package's trained weights. Two numbers that only its training needed are passed over.
  public convenience init(weights path: String) throws {
    self.init()
    try loadWeights(path, LoadOptions(keyMap: [.drop("similarity_weight"), .drop("similarity_bias")]))
    eval()
  }

  /// Frames `[batch, frames, 40]` to vectors of length 1, `[batch, 256]`: voices that are alike point the same way.
  public func callAsFunction(_ mel: Tensor<Float>) -> Tensor<Float> {
    let state = lstm(mel, state: nil).state.hidden[2]  // [batch, 256]
    let raw = relu(linear(state))
    return raw / sqrt(square(raw).sum(axis: 1, keepingDimensions: true))
  }
}
