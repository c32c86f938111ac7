/// The file formats that this module knows.
public enum WeightFormat: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// A safetensors file, or several with an index.
  case safetensors
  /// PyTorch's zip archive, since version 1.6.
  case torchZip = "torch zip"
  /// PyTorch's stream of pickles, before 1.6.
  case torchLegacy = "torch legacy"
  /// PyTorch's tar archive, before 0.1.10.
  case torchTar = "torch tar"
  /// One NumPy array.
  case npy
  /// A zip of NumPy arrays.
  case npz
  /// MXNet's list of arrays.
  case mxnet = "mxnet params"
  /// The weights of an ONNX model.
  case onnx = "ONNX"
  /// word2vec, fastText or GloVe vectors as text.
  case vectorText = "word vectors, text"
  /// word2vec vectors, binary.
  case word2vecBinary = "word2vec binary"
  /// A fastText model.
  case fastTextBinary = "fastText model"

  /// A name for messages.
  public var description: String { rawValue }
}
