extension ByteSource {
  /// The most memory that reading this may take, whatever its headers claim: four times its size, and 64 MiB.
  ///
  /// Elements grow at most fourfold when they are read (int8 to int32). What is packed may hold more; who trusts such a file
  /// gives a limit of their own.
  public var memoryLimit: Int {
    // No file is so large that this overflows, but a source of another kind may say anything.
    min(count, 1 << 60) * 4 + 64 << 20
  }
}
