"""Reads the real files of weights and word vectors with their libraries and stores what is in them: real_files.json.

    python make_reference.py $D2L_DATA
"""

import json
import os
import sys

import gensim
import numpy as np
import safetensors
import torch

from describe import flatten, summary

data = sys.argv[1]
result = {}


def files(folder):
    for name in sorted(os.listdir(os.path.join(data, folder))):
        yield f"{folder}/{name}", os.path.join(data, folder, name)


for folder in ("weights/torch-zip", "weights/torch-legacy", "weights/torch-fixtures", "weights/bert-tiny-fixture"):
    for name, path in files(folder):
        if path.endswith((".json", ".txt")):
            continue
        try:
            content = torch.load(path, map_location="cpu", weights_only=True)
        except Exception:
            result[name] = None
            continue
        result[name] = {key: summary(value) for key, value in flatten(content)}
for name, path in files("weights/safetensors"):
    with safetensors.safe_open(path, "pt") as file:
        result[name] = {key: summary(file.get_tensor(key)) for key in file.keys()}

vectors = {}
keyed = gensim.models.KeyedVectors
for name, load in {
    "word2vec/EN.1-10.cbow1_wind5_hs0_neg10_size300_smpl1e-05.txt": lambda path: keyed.load_word2vec_format(path),
    "word2vec/euclidean_vectors.bin": lambda path: keyed.load_word2vec_format(path, binary=True),
    "word2vec/toy-model.vec": lambda path: keyed.load_word2vec_format(path),
    "word2vec/toy-model.bin": lambda path: gensim.models.fasttext.load_facebook_model(path).wv,
    "word2vec/toy-model-pretrained.bin": lambda path: gensim.models.fasttext.load_facebook_model(path).wv,
    "fasttext/crime-and-punishment.bin": lambda path: gensim.models.fasttext.load_facebook_model(path).wv,
    "fasttext/crime-and-punishment.vec": lambda path: keyed.load_word2vec_format(path),
    "fasttext/lee_fasttext.bin": lambda path: gensim.models.fasttext.load_facebook_model(path).wv,
    "fasttext/lee_fasttext.vec": lambda path: keyed.load_word2vec_format(path),
    "glove/test_glove.txt": lambda path: keyed.load_word2vec_format(path, no_header=True),
    "glove/glove.6B.100d.sample.txt.gz": lambda path: keyed.load_word2vec_format(path, no_header=True),
}.items():
    loaded = load(os.path.join(data, "wordvec", name))
    matrix = loaded.vectors.astype(np.float64)
    if "crime-and-punishment.bin" in name:
        # gensim gives the end of a sentence parts; fastText itself does not, as its own text file beside this one shows.
        end = loaded.key_to_index["</s>"]
        matrix[end] = loaded.vectors_vocab[end]
    words = loaded.index_to_key
    unseen = {}
    if isinstance(loaded, gensim.models.fasttext.FastTextKeyedVectors):
        unseen = {word: [float(x) for x in loaded[word]] for word in ("xyzzyish", "преступления", words[3] + "s")}
    result_similar = loaded.most_similar(words[5], topn=5)
    vectors["wordvec/" + name] = {
        "count": len(words), "dimension": matrix.shape[1], "first": words[0], "last": words[-1],
        "sum": matrix.sum(), "squares": (matrix ** 2).sum(), "firstVector": list(map(float, loaded[words[0]])),
        "lastVector": list(map(float, loaded[words[-1]])), "unseen": unseen,
        "similarTo": words[5], "similar": [[word, float(value)] for word, value in result_similar],
    }

folder = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(folder, "real_files.json"), "w") as file:
    json.dump({"weights": result, "vectors": vectors}, file, indent=0, ensure_ascii=False)
print(len(result), "files of weights,", sum(value is None for value in result.values()), "refused;", len(vectors), "of vectors")
