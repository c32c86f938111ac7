"""torchvision's wheel beside a CPU build of PyTorch: its C++ operators do not load, and `import torchvision` stops at the first it misses.

Importing this first declares every operator that torchvision's Python side mentions; its models then work, its operators (nms ...) do not.
"""

import importlib.util
import pathlib
import re

import torch

LIBRARY = torch.library.Library("torchvision", "DEF")


def mentioned():
    root = pathlib.Path(importlib.util.find_spec("torchvision").origin).parent
    text = (root / "_meta_registrations.py").read_text()
    return {"nms"} | set(re.findall(r'register_meta\("(\w+)"\)', text)) | set(re.findall(r"torchvision::(\w+)", text))


for operator in sorted(mentioned()):
    LIBRARY.define(f"{operator}(Tensor x) -> Tensor")
