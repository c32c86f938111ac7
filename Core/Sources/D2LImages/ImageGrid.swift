import D2LTensor

/// A sheet of pictures: samples of a dataset, predictions with a verdict, filters of a layer.
///
/// ```swift
/// var grid = ImageGrid(columns: 8, scale: 2)
/// for (image, label, guess) in predictions {
///   grid.append(image, caption: guess, border: guess == label ? .green : .red)
/// }
/// try grid.rendered().write(to: "predictions.png")
/// ```
///
/// Cells are as large as the largest picture and the longest line of a caption ask for; smaller pictures are centered.
public struct ImageGrid: Sendable, Hashable {
  /// A color of the sheet.
  public struct Color: Sendable, Hashable {
    /// Red, green and blue.
    public var red: UInt8, green: UInt8, blue: UInt8

    /// A color from its parts.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }

    /// The paper.
    public static let white = Color(red: 255, green: 255, blue: 255)
    /// The ink.
    public static let black = Color(red: 0, green: 0, blue: 0)
    /// For what is right.
    public static let green = Color(red: 26, green: 152, blue: 80)
    /// For what is wrong.
    public static let red = Color(red: 215, green: 48, blue: 39)

    var samples: [UInt8] { [red, green, blue] }
    var isGray: Bool { red == green && green == blue }
  }

  /// A picture with what belongs to it.
  public struct Cell: Sendable, Hashable {
    /// Gray or color; an alpha is blended over the background.
    public var image: Image
    /// Text below the picture; line breaks are kept.
    public var caption: String?
    /// The frame around the picture; nil for none.
    public var border: Color?

    /// A picture with its caption and frame.
    public init(_ image: Image, caption: String? = nil, border: Color? = nil) {
      self.image = image
      self.caption = caption
      self.border = border
    }
  }

  /// The pictures, row by row.
  public var cells: [Cell]
  /// Cells in a row; nil for what ``rows`` asks for, or about as many as rows.
  public var columns: Int?
  /// Rows; nil for as many as needed.
  public var rows: Int?
  /// Pixels between cells and around the sheet.
  public var padding: Int
  /// How many pixels wide a pixel of a picture becomes.
  public var scale: Int
  /// How many pixels wide a pixel of a letter becomes.
  public var captionScale: Int
  /// Width of frames. Room for them is kept if any cell has one.
  public var borderWidth: Int
  /// The paper.
  public var background: Color
  /// The ink of captions.
  public var captionColor: Color
  /// Pictures are resized to fit into this many pixels (before `scale`), keeping their proportions; nil for as they are.
  public var cellSize: CellSize?

  /// Room for a picture.
  public struct CellSize: Sendable, Hashable {
    /// Pixels.
    public var width: Int, height: Int

    /// Room for `width` x `height` pixels.
    public init(width: Int, height: Int) {
      self.width = width
      self.height = height
    }
  }

  /// A sheet, empty or with cells.
  public init(
    _ cells: [Cell] = [], rows: Int? = nil, columns: Int? = nil, padding: Int = 4, scale: Int = 1,
    captionScale: Int = 1, borderWidth: Int = 2, background: Color = .white, captionColor: Color = .black,
    cellSize: CellSize? = nil
  ) {
    self.cells = cells
    self.rows = rows
    self.columns = columns
    self.padding = padding
    self.scale = scale
    self.captionScale = captionScale
    self.borderWidth = borderWidth
    self.background = background
    self.captionColor = captionColor
    self.cellSize = cellSize
  }

  /// A sheet of bare pictures.
  public init(images: [Image], rows: Int? = nil, columns: Int? = nil, padding: Int = 4, scale: Int = 1) {
    self.init(images.map { Cell($0) }, rows: rows, columns: columns, padding: padding, scale: scale)
  }

  /// Adds a picture at the end.
  public mutating func append(_ image: Image, caption: String? = nil, border: Color? = nil) {
    cells.append(Cell(image, caption: caption, border: border))
  }
}
