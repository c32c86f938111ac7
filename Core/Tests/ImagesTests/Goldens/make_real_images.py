"""Decodes every picture among the real data with Pillow and stores sums of the pixels: real_images.tsv.

    python make_real_images.py $D2L_DATA      # Pillow 13

A row is a picture, or a zip archive with all pictures inside it in the order of their names: name, number of pictures, SHA-256 of the pixels as RGBA, 8 bits a
sample. Left out: PngSuite, which has a table of its own with all 16 bits; CMYK, whose conversion is each program's own; what Pillow refuses.
"""

import hashlib
import io
import os
import sys
import zipfile

from PIL import Image

data = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))
SUFFIXES = (".png", ".jpg", ".jpeg")


def pixels(content):
    image = Image.open(io.BytesIO(content))
    if image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
        raise ValueError(image.mode)
    return image.convert("RGBA").tobytes()


rows = []
for folder, folders, files in os.walk(data):
    folders.sort()
    for name in sorted(files):
        path = os.path.join(folder, name)
        short = os.path.relpath(path, data)
        if short.startswith("images/pngsuite"):
            continue
        if name.lower().endswith(SUFFIXES):
            try:
                with open(path, "rb") as file:
                    rows.append((short, 1, hashlib.sha256(pixels(file.read())).hexdigest()))
            except Exception as error:
                print("left out:", short, repr(error)[:80])
        elif name.endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                members = sorted(member for member in archive.namelist() if member.lower().endswith(SUFFIXES))
                if members:
                    digest = hashlib.sha256()
                    for member in members:
                        digest.update(pixels(archive.read(member)))
                    rows.append((short, len(members), digest.hexdigest()))
with open(os.path.join(HERE, "real_images.tsv"), "w") as file:
    for row in sorted(rows):
        file.write("\t".join(map(str, row)) + "\n")
print(sum(row[1] for row in rows), "pictures in", len(rows), "rows")
