import CD2LImages

/// The libraries that pictures are read and written with.
public enum ImageLibraries {
  /// The version of libpng in use.
  public static var png: String { String(cString: d2l_png_version()) }
  /// The version of libjpeg that this was built with.
  public static var jpeg: String { String(cString: d2l_jpeg_version()) }
}
