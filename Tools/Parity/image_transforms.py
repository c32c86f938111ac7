"""torchvision's and Pillow's changes of pictures by formula: image_transforms.json."""

import base64
import pathlib

import numpy as np

import formula
import operators  # noqa: F401  (before torchvision)
from PIL import Image, ImageEnhance
from torchvision.transforms import functional as F
from torchvision.transforms._presets import ImageClassification

OUTPUT = pathlib.Path(__file__).parents[2] / "Vision/Tests/VisionTests/Goldens/image_transforms.json"


def picture(width, height):
    return Image.fromarray(np.floor(formula.uniform((height, width, 3), 5, 0, 256)).astype(np.uint8))


def text(image):
    return base64.b64encode(np.asarray(image).tobytes()).decode()


image = picture(24, 16)
content = {}
for name, enhance, factors in [("brightness", ImageEnhance.Brightness, (0.4, 1.7)), ("contrast", ImageEnhance.Contrast, (0.3, 1.6)),
                               ("saturation", ImageEnhance.Color, (0, 0.5, 1.9))]:
    for factor in factors:
        content[f"{name} {factor}"] = text(enhance(image).enhance(factor))
for turn in (0.1, -0.35, 0.5):
    content[f"hue {turn}"] = text(F.adjust_hue(image, turn))
# Pillow 13 filters columns first where the height shrinks much more than the width, which moves last bits: no such size is among these.
for width, height in [(300, 200), (200, 300), (97, 100), (224, 224), (640, 31)]:
    for resize, crop in [(256, 224), (232, 224), (40, 32)]:
        array = ImageClassification(crop_size=crop, resize_size=resize)(picture(width, height)).numpy()
        content[f"{width}x{height} {resize} {crop}"] = formula.fingerprint(array)
formula.write(OUTPUT, content)
