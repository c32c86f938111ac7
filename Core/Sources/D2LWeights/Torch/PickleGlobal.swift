/// What a pickle may name. Each entry builds data in a way that is written out here; nothing else is ever looked up, called or
/// imported, so that a file can do nothing but describe values.
enum PickleGlobal: Sendable, Hashable {
  /// `collections.OrderedDict`, `Counter`, `defaultdict`: a dictionary.
  case dictionary
  /// `set` and `frozenset`.
  case set
  /// `argparse.Namespace`: a dictionary of its attributes.
  case namespace
  /// `torch._utils._rebuild_tensor(storage, offset, size, stride)`, before version 0.4.
  case rebuildTensor
  /// `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`.
  case rebuildTensorV2
  /// `torch._utils._rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, dtype)`, for newer element types.
  case rebuildTensorV3
  /// `torch._utils._rebuild_parameter(tensor, requires_grad, hooks)`, with or without state: the tensor.
  case rebuildParameter
  /// `torch.Size(sizes)`: a tuple.
  case size
  /// `torch.device(name)`: its name.
  case device
  /// `torch.FloatStorage` and the like; nil for `torch.storage.UntypedStorage`.
  case storageType(FileDType?)
  /// `torch.float32` and the like.
  case dtype(FileDType)
  /// `_codecs.encode(text, "latin1")`: how protocol 2 writes bytes.
  case encode
  /// `numpy.dtype(code, …)`.
  case arrayType
  /// `numpy.core.multiarray._reconstruct(…)`: an array, filled by the state that follows.
  case reconstructArray
  /// `numpy.core.numeric._frombuffer(bytes, dtype, shape, order)`: an array, in protocol 5.
  case arrayFromBytes
  /// `numpy.core.multiarray.scalar(dtype, bytes)`: a number.
  case arrayScalar
  /// A built-in type that stands somewhere as a value, as the factory of a `defaultdict`. It is never called.
  case inertType

  /// The allowed global of this module and name; nil if there is none.
  init?(module: String, name: String) {
    if let known = Self.allowed[module + "." + name] {
      self = known
    } else if ["torch", "torch.cuda", "torch.storage"].contains(module), let type = Self.storageTypes[name] {
      self = .storageType(type)
    } else if module == "torch", let dtype = Self.dtypes[name] {
      self = .dtype(dtype)
    } else if module == "torch", name.hasSuffix("Tensor"), Self.storageTypes[name.dropLast(6) + "Storage"] != nil {
      self = .inertType  // The kind of a tensor in the tar format.
    } else {
      return nil
    }
  }

  private static let allowed: [String: PickleGlobal] = [
    "collections.OrderedDict": .dictionary,
    "collections.Counter": .dictionary,
    "collections.defaultdict": .dictionary,
    "builtins.set": .set, "__builtin__.set": .set,
    "builtins.frozenset": .set, "__builtin__.frozenset": .set,
    "argparse.Namespace": .namespace,
    "torch._utils._rebuild_tensor": .rebuildTensor,
    "torch._utils._rebuild_tensor_v2": .rebuildTensorV2,
    "torch._utils._rebuild_tensor_v3": .rebuildTensorV3,
    "torch._utils._rebuild_parameter": .rebuildParameter,
    "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
    "torch.Size": .size,
    "torch.device": .device,
    "torch.storage.UntypedStorage": .storageType(nil),
    "torch.UntypedStorage": .storageType(nil),
    "_codecs.encode": .encode,
    "numpy.dtype": .arrayType,
    "numpy.ndarray": .inertType,
    "numpy.core.multiarray._reconstruct": .reconstructArray,
    "numpy._core.multiarray._reconstruct": .reconstructArray,
    "numpy.core.numeric._frombuffer": .arrayFromBytes,
    "numpy._core.numeric._frombuffer": .arrayFromBytes,
    "numpy.core.multiarray.scalar": .arrayScalar,
    "numpy._core.multiarray.scalar": .arrayScalar,
    "builtins.int": .inertType, "__builtin__.int": .inertType,
    "builtins.float": .inertType, "__builtin__.float": .inertType,
    "builtins.str": .inertType, "__builtin__.str": .inertType,
    "builtins.bool": .inertType, "__builtin__.bool": .inertType,
    "builtins.list": .inertType, "__builtin__.list": .inertType,
    "builtins.dict": .inertType, "__builtin__.dict": .inertType,
    "builtins.tuple": .inertType, "__builtin__.tuple": .inertType,
  ]

  private static let storageTypes: [String: FileDType] = [
    "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
    "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8,
    "BoolStorage": .bool, "ComplexFloatStorage": .complex64, "ComplexDoubleStorage": .complex128,
  ]

  /// The name of the storage that holds elements of a type; nil if there is none.
  static func storageName(of dtype: FileDType) -> String? { storageTypes.first { $0.value == dtype }?.key }

  private static let dtypes: [String: FileDType] = {
    var result = Dictionary(uniqueKeysWithValues: FileDType.allCases.map { ($0.rawValue, $0) })
    result.merge(["float": .float32, "double": .float64, "half": .float16, "long": .int64, "int": .int32]) { $1 }
    return result
  }()
}
