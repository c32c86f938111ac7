"""Figures of the book's tables as pandas and NumPy compute them: book 4.10 (house prices) and 11.5 (airfoil).

Needs pandas. Run from the repository's root with the data's folder: python Tools/Parity/tables.py <data>
"""

import pathlib
import sys

import numpy as np
import pandas as pd

OUT = pathlib.Path(__file__).parents[2] / "Core/Tests/DataTests/TableFigures.swift"
PICKED = ["MSSubClass", "LotFrontage", "LotArea", "GarageYrBlt", "YrSold", "MSZoning_RL", "MSZoning_nan", "Alley_nan", "MasVnrType_None"]


def houses(data):
    # "None" is a value of these tables, which newer pandas would take for missing.
    options = dict(keep_default_na=False, na_values=["", "NA"])
    train = pd.read_csv(data / "kaggle-house/kaggle_house_pred_train.csv", **options)
    test = pd.read_csv(data / "kaggle-house/kaggle_house_pred_test.csv", **options)
    features = pd.concat((train.iloc[:, 1:-1], test.iloc[:, 1:]))
    numeric = features.select_dtypes("number").columns
    features[numeric] = features[numeric].apply(lambda x: (x - x.mean()) / x.std()).fillna(0)
    features = pd.get_dummies(features, dummy_na=True).astype(float)
    assert features.shape == (2919, 331), features.shape
    return features


def main():
    data = pathlib.Path(sys.argv[1])
    features = houses(data)
    air = np.genfromtxt(data / "airfoil/airfoil_self_noise.dat", delimiter="\t")
    air = (air - air.mean(axis=0)) / air.std(axis=0)
    row = "\n".join(f'    ("{name}", {features.iloc[0][name]:.8g}),' for name in PICKED)
    first = ", ".join(f"{v:.8g}" for v in air[0, :-1])
    OUT.write_text(
        f"""// Written by Tools/Parity/tables.py.

/// Of the house prices' 2919 rows of 331 features (book 4.10).
enum HousePriceFigures {{
  static let rowZero: [(name: String, value: Double)] = [
{row}
  ]
  static let sum: Double = {features.to_numpy().sum():.10g}
}}

/// Of the standardised airfoil measurements (book 11.5).
enum AirfoilFigures {{
  static let firstRow: [Float] = [{first}]
  static let firstTarget: Float = {air[0, -1]:.8g}
}}
"""
    )


if __name__ == "__main__":
    main()
