import D2LImages
import Testing

@Suite struct ImageGridTests {
  private let red = Image(width: 2, height: 2, filledWith: [200, 0, 0])
  private let gray = Image(width: 2, height: 2, filledWith: [90])

  @Test func picturesLandWhereTheyBelong() {
    let sheet = ImageGrid(images: [gray, gray, gray], columns: 2, padding: 1, scale: 3).rendered()
    #expect([sheet.width, sheet.height, sheet.channels] == [15, 15, 1])
    for y in 0..<15 {
      for x in 0..<15 {
        let inCell = (x % 7 != 0) && (y % 7 != 0) && !(x > 7 && y > 7)
        #expect(sheet[x, y] == [inCell ? 90 : 255], "(\(x), \(y))")
      }
    }
  }

  @Test func oneColorPictureMakesAColorSheet() {
    let sheet = ImageGrid(images: [gray, red], padding: 0).rendered()
    #expect([sheet.width, sheet.height, sheet.channels] == [4, 2, 3])
    #expect(sheet[0, 0] == [90, 90, 90] && sheet[2, 0] == [200, 0, 0])
  }

  @Test func rowsAndColumns() {
    let images = [Image](repeating: gray, count: 7)
    func size(_ rows: Int?, _ columns: Int?) -> [Int] {
      let sheet = ImageGrid(images: images, rows: rows, columns: columns, padding: 0).rendered()
      return [sheet.height / 2, sheet.width / 2]
    }
    #expect(size(nil, nil) == [3, 3])
    #expect(size(2, nil) == [2, 4])
    #expect(size(nil, 5) == [2, 5])
    #expect(size(4, 4) == [4, 4])
  }

  @Test func framesSurroundTheirPicture() {
    let grid = ImageGrid([.init(gray, border: .green), .init(gray)], columns: 2, padding: 0, borderWidth: 1)
    let sheet = grid.rendered()
    let green = ImageGrid.Color.green
    #expect([sheet.width, sheet.height] == [8, 4])
    #expect(sheet[0, 0] == [green.red, green.green, green.blue])
    #expect(sheet[1, 1] == [90, 90, 90] && sheet[3, 3] == sheet[0, 0])
    // The cell without a frame keeps its place.
    #expect(sheet[4, 0] == [255, 255, 255] && sheet[5, 1] == [90, 90, 90])
  }

  @Test func smallerPicturesAreCentered() {
    let large = Image(width: 6, height: 6, filledWith: [10])
    let sheet = ImageGrid(images: [large, gray], columns: 2, padding: 0).rendered()
    #expect(sheet[7, 1] == [255] && sheet[8, 2] == [90] && sheet[9, 3] == [90] && sheet[10, 4] == [255])
  }

  @Test func cellSizeKeepsProportions() {
    let wide = Image(width: 40, height: 20, filledWith: [10])
    var grid = ImageGrid(images: [wide], padding: 0)
    grid.cellSize = .init(width: 20, height: 20)
    let sheet = grid.rendered()
    #expect([sheet.width, sheet.height] == [20, 20])
    #expect(sheet[0, 4] == [255] && sheet[0, 5] == [10] && sheet[19, 14] == [10] && sheet[19, 15] == [255])
  }

  @Test func captionsAreLetters() {
    let sheet = ImageGrid([.init(gray, caption: "L")], padding: 0).rendered()
    // As wide as the letter, two pixels below the picture, room for descenders; L is a line down and a line right.
    #expect([sheet.width, sheet.height] == [5, 13])
    for y in 4..<13 {
      for x in 0..<5 { #expect(sheet[x, y] == [y <= 10 && (x == 0 || y == 10) ? 0 : 255], "(\(x), \(y))") }
    }
  }

  @Test func longCaptionsWidenTheirCells() {
    let sheet = ImageGrid([.init(gray, caption: "ankle boot\nis bag")], padding: 0, captionScale: 2).rendered()
    #expect(sheet.width == 2 * (10 * 6 - 1))
    #expect(sheet.height == 2 + 4 + 2 * (10 + 9))
  }

  @Test func lettersDiffer() {
    let pictures = (0x21...0x7E).map { code in
      ImageGrid([.init(gray, caption: String(UnicodeScalar(UInt8(code))))], padding: 0).rendered()
    }
    #expect(Set(pictures).count == 94)
    let unknown = ImageGrid([.init(gray, caption: "é")], padding: 0).rendered()
    #expect(!pictures.contains(unknown))
    let descending = ImageGrid([.init(gray, caption: "p")], padding: 0).rendered()
    #expect(descending[0, 12] == [0] && descending[0, 5] == [255])
    #expect(unknown[0, 4] == [0] && unknown[2, 6] == [255])
  }

  @Test func transparencyShowsThePaper() {
    let glass = Image(width: 1, height: 1, filledWith: [255, 0, 0, 0])
    var grid = ImageGrid(images: [glass], padding: 0)
    grid.background = .init(red: 1, green: 2, blue: 3)
    #expect(grid.rendered().pixels == [1, 2, 3])
  }

  @Test func noPicturesIsASheetToo() {
    #expect(ImageGrid().rendered().pixels.allSatisfy { $0 == 255 })
    #expect(ImageGrid(padding: 0).rendered().width == 1)
  }

  @Test func tooManyPicturesAreNamed() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let image = Image(width: 1, height: 1, filledWith: [0])
      _ = ImageGrid(images: [image, image, image], rows: 1, columns: 2).rendered()
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("3 pictures do not fit into 1 rows of 2"))
  }
}
