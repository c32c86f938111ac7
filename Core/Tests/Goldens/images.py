"""Resized pictures by Pillow and PyTorch, as Swift source: what ImagesTests compares its own with.

    pip install pillow numpy torch
    python images.py > ../ImagesTests/ResizeGoldens.swift

The pictures are made by a formula that the test repeats. With antialias, and for nearest: Pillow. Without: PyTorch's
interpolate in float32, rounded.
"""

import base64
import hashlib

import numpy as np
import torch
from PIL import Image, __version__

FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def pattern(width, height, channels):
    i = np.arange(width * height * channels, dtype=np.int64)
    return ((i * i * 7 + i * 31 + (i // 8) * 57) % 256).astype(np.uint8).reshape(height, width, channels)


def pillow(pixels, width, height, method):
    squeezed = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
    image = Image.fromarray(squeezed, MODES[pixels.shape[2]])
    return np.asarray(image.resize((width, height), FILTERS[method])).reshape(height, width, -1)


def pytorch(pixels, width, height, method):
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None].to(torch.float32)
    y = torch.nn.functional.interpolate(x, size=(height, width), mode=method, align_corners=False)
    return y.round().clamp(0, 255).to(torch.uint8)[0].permute(1, 2, 0).numpy()


def literal(data):
    text = base64.b64encode(data.tobytes()).decode()
    lines = [text[i : i + 108] for i in range(0, len(text), 108)]
    return '"""\n' + "".join(f"        {line}\\\n" for line in lines[:-1]) + f'        {lines[-1]}\n        """'


def main():
    print(f"// Made by Goldens/images.py with Pillow {__version__} and PyTorch {torch.__version__}.")
    print("\n/// A resized picture by another library.")
    print("struct ResizeGolden: Sendable {")
    print("  var channels: Int, from: [Int], to: [Int], method: String, antialias: Bool")
    print("  /// The samples, in base 64; or, of a larger picture, the SHA-256 of them.")
    print("  var pixels: String\n\n  static let all = [")
    cases = [(c, (13, 11), (5, 7)) for c in MODES]
    cases += [(c, (13, 11), to) for c in (1, 3) for to in [(17, 23), (13, 4), (6, 11), (1, 1)] if c * to[0] < 51]
    cases += [(c, (1, 3), (4, 2)) for c in (1, 4)]
    for channels, (w, h), (to_w, to_h) in cases:
        for method in FILTERS:
            for antialias in (True, False):
                # Pillow weighs by alpha, PyTorch knows none; without antialias there is only one nearest.
                if not antialias and method == "nearest":
                    continue
                resize = pillow if antialias else pytorch
                print(f"    ResizeGolden(\n      channels: {channels}, from: [{w}, {h}], to: [{to_w}, {to_h}],", end="")
                print(f' method: "{method}", antialias: {str(antialias).lower()},')
                print("      pixels: " + literal(resize(pattern(w, h, channels), to_w, to_h, method)) + "),")
    print("  ]\n\n  static let large = [")
    for channels in (3, 4):
        for to_w, to_h in [(224, 224), (97, 451), (400, 300)]:
            for method in FILTERS:
                pixels = pillow(pattern(300, 211, channels), to_w, to_h, method)
                print(f"    ResizeGolden(\n      channels: {channels}, from: [300, 211], to: [{to_w}, {to_h}],", end="")
                print(f' method: "{method}", antialias: true,')
                print(f'      pixels: "{hashlib.sha256(pixels.tobytes()).hexdigest()}"),')
    print("  ]\n}")


if __name__ == "__main__":
    main()
