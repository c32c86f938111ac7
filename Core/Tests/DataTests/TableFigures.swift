// Written by Tools/Parity/tables.py.

/// Of the house prices' 2919 rows of 331 features (book 4.10).
enum HousePriceFigures {
  static let rowZero: [(name: String, value: Double)] = [
    ("MSSubClass", 0.06731988),
    ("LotFrontage", -0.18444262),
    ("LotArea", -0.21784137),
    ("GarageYrBlt", 0.97311008),
    ("YrSold", 0.15761852),
    ("MSZoning_RL", 1),
    ("MSZoning_nan", 0),
    ("Alley_nan", 1),
    ("MasVnrType_None", 0),
  ]
  static let sum: Double = 125517
}

/// Of the standardised airfoil measurements (book 11.5).
enum AirfoilFigures {
  static let firstRow: [Float] = [-0.6620227, -1.1464029, 1.7992993, 1.3129353, -0.64480461]
  static let firstTarget: Float = 0.19793876
}
