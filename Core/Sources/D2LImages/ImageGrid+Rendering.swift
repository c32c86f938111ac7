import D2LTensor

extension ImageGrid {
  /// The sheet: gray if everything on it is, else RGB. A sheet without cells is a spot of background.
  public func rendered() -> Image {
    require(
      padding >= 0 && scale > 0 && captionScale > 0 && borderWidth >= 0, "ImageGrid",
      "padding \(padding), scale \(scale), captionScale \(captionScale), borderWidth \(borderWidth); "
        + "scales start at 1, widths at 0")
    let channels = isGray ? 1 : 3
    let pictures = cells.map { prepared($0.image, channels: channels) }
    let layout = Layout(self, pictures)
    var sheet = Image(
      width: max(padding + layout.columns * (layout.cellWidth + padding), 1),
      height: max(padding + layout.rows * (layout.cellHeight + padding), 1),
      filledWith: samples(background, channels))
    for (index, picture) in pictures.enumerated() {
      let left = padding + index % layout.columns * (layout.cellWidth + padding)
      let top = padding + index / layout.columns * (layout.cellHeight + padding)
      let x = left + (layout.cellWidth - picture.width) / 2
      let y = top + layout.border + (layout.pictureHeight - picture.height) / 2
      if let border = cells[index].border {
        sheet.fill(
          x: x - layout.border, y: y - layout.border, width: picture.width + 2 * layout.border,
          height: picture.height + 2 * layout.border, samples(border, channels))
      }
      sheet.draw(picture, x: x, y: y)
      let captionTop = top + layout.pictureHeight + 2 * layout.border + layout.captionGap
      for (row, line) in captionLines(cells[index]).enumerated() {
        let start = left + (layout.cellWidth - BitmapFont.width(of: line) * captionScale) / 2
        write(line, on: &sheet, x: start, y: captionTop + row * BitmapFont.leading * captionScale)
      }
    }
    return sheet
  }

  /// Sizes that all cells share.
  private struct Layout {
    var rows: Int, columns: Int
    var border: Int, captionGap: Int
    var pictureHeight: Int
    var cellWidth: Int, cellHeight: Int

    init(_ grid: ImageGrid, _ pictures: [Image]) {
      (rows, columns) = grid.shape()
      border = grid.cells.contains { $0.border != nil } ? grid.borderWidth : 0
      let lines = grid.cells.map { captionLines($0) }
      let lineCount = lines.map(\.count).max() ?? 0
      captionGap = lineCount > 0 ? 2 * grid.captionScale : 0
      let captionHeight =
        lineCount == 0
        ? 0 : ((lineCount - 1) * BitmapFont.leading + BitmapFont.height + BitmapFont.descent) * grid.captionScale
      let captionWidth = (lines.joined().map { BitmapFont.width(of: $0) }.max() ?? 0) * grid.captionScale
      let pictureWidth = max(pictures.map(\.width).max() ?? 0, (grid.cellSize?.width ?? 0) * grid.scale)
      pictureHeight = max(pictures.map(\.height).max() ?? 0, (grid.cellSize?.height ?? 0) * grid.scale)
      cellWidth = max(pictureWidth + 2 * border, captionWidth)
      cellHeight = pictureHeight + 2 * border + captionGap + captionHeight
    }
  }

  private func shape() -> (rows: Int, columns: Int) {
    require(
      (rows ?? 1) > 0 && (columns ?? 1) > 0, "ImageGrid",
      "\(rows.map(String.init) ?? "any") rows, \(columns.map(String.init) ?? "any") columns; both start at 1")
    guard !cells.isEmpty else { return (rows ?? 0, columns ?? 0) }
    func groups(of size: Int) -> Int { (cells.count + size - 1) / size }
    switch (rows, columns) {
    case (let rows?, let columns?):
      require(
        cells.count <= rows * columns, "ImageGrid",
        "\(cells.count) pictures do not fit into \(rows) rows of \(columns); leave one of the two open")
      return (rows, columns)
    case (let rows?, nil): return (rows, groups(of: rows))
    case (nil, let columns?): return (groups(of: columns), columns)
    case (nil, nil):
      let columns = Int(Double(cells.count).squareRoot().rounded(.up))
      return (groups(of: columns), columns)
    }
  }

  private var isGray: Bool {
    background.isGray && captionColor.isGray && cells.allSatisfy { $0.image.channels <= 2 && $0.border?.isGray ?? true }
  }

  private func samples(_ color: Color, _ channels: Int) -> [UInt8] {
    channels == 1 ? [color.red] : color.samples
  }

  /// The picture as it appears: opaque, in the sheet's channels, at its size.
  private func prepared(_ image: Image, channels: Int) -> Image {
    var picture = image
    if picture.channels == 2 && channels == 3 { picture = picture.converted(toChannels: 4) }
    if picture.channels % 2 == 0 { picture = picture.composited(over: samples(background, channels)) }
    picture = picture.converted(toChannels: channels)
    if let cellSize {
      require(
        cellSize.width > 0 && cellSize.height > 0, "ImageGrid", "cells of \(cellSize.width) x \(cellSize.height) pixels"
      )
      let fit = min(Double(cellSize.width) / Double(picture.width), Double(cellSize.height) / Double(picture.height))
      picture = picture.resized(
        width: min(max(Int((Double(picture.width) * fit).rounded()), 1), cellSize.width),
        height: min(max(Int((Double(picture.height) * fit).rounded()), 1), cellSize.height))
    }
    return scale == 1
      ? picture : picture.resized(width: picture.width * scale, height: picture.height * scale, using: .nearest)
  }

  private func write(_ line: String, on sheet: inout Image, x: Int, y: Int) {
    let ink = samples(captionColor, sheet.channels)
    BitmapFont.draw(line) { column, row in
      sheet.fill(
        x: x + column * captionScale, y: y + row * captionScale, width: captionScale, height: captionScale, ink)
    }
  }
}

private func captionLines(_ cell: ImageGrid.Cell) -> [String] {
  guard let caption = cell.caption, !caption.isEmpty else { return [] }
  return caption.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
}
