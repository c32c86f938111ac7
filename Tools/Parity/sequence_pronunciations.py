"""What the Python package g2p-en 2.1.0 itself makes of 1,000 words of The Time Machine: pronunciations.json.

    D2L_DATA=... D2L_PACKAGES=... python Tools/Parity/sequence_pronunciations.py

D2L_PACKAGES is a folder of unpacked Python packages (`pip download --no-deps g2p-en==2.1.0`, then unzip). The words go through G2p.predict, which
the package uses where its dictionary does not help; what it imports beside NumPy is not needed for that and stands in as an empty module.
"""

import json
import os
import pathlib
import re
import sys
from unittest import mock

OUT = pathlib.Path(__file__).parents[2] / "Sequence/Tests/SequenceTests/Goldens/pronunciations.json"

for name in ("nltk", "nltk.corpus", "nltk.tokenize", "nltk.data", "inflect"):
    sys.modules[name] = mock.MagicMock()
sys.path.insert(0, os.environ["D2L_PACKAGES"])
from g2p_en.g2p import G2p  # noqa: E402

text = pathlib.Path(os.environ["D2L_DATA"], "timemachine/timemachine.txt").read_text(encoding="utf-8")
words = sorted(set(re.sub("[^A-Za-z]+", " ", text).lower().split()))
words = [word for word in words if len(word) > 2]
step = len(words) / 1000
chosen = [words[int(k * step)] for k in range(1000)]
model = G2p()
lines = [f"{json.dumps(word)}: {json.dumps(' '.join(model.predict(word)))}" for word in chosen]
OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
print(f"{OUT}: {len(set(chosen))} words, {OUT.stat().st_size / 1000:.1f} kB")
