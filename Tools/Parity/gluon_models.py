"""MXNet Gluon's model zoo with weights by formula: the names of all parameters in both kinds of files, and the scores of the smaller networks.

Needs mxnet==1.9.1 beside numpy==1.23.5. Values are those of `fill` in vision_models.py, their streams named by the paths of Gluon's blocks.
"""

import pathlib
import zlib

import mxnet as mx
import numpy as np
from mxnet.gluon.model_zoo import vision

import formula

OUTPUT = pathlib.Path(__file__).parents[2] / "Vision/Tests/VisionTests/Goldens/gluon.json"
VARIANTS = {"alexnet": "alexnet", "vgg11": "vgg11", "vgg13": "vgg13", "vgg16": "vgg16", "vgg19": "vgg19", "vgg11_bn": "vgg11_bn",
            "vgg13_bn": "vgg13_bn", "vgg16_bn": "vgg16_bn", "vgg19_bn": "vgg19_bn", "resnet18": "resnet18_v1",
            "resnet34": "resnet34_v1", "resnet50": "resnet50_v1", "resnet101": "resnet101_v1", "resnet152": "resnet152_v1",
            "densenet121": "densenet121", "densenet161": "densenet161", "densenet169": "densenet169",
            "densenet201": "densenet201", "squeezenet1_0": "squeezenet1.0", "squeezenet1_1": "squeezenet1.1",
            "mobilenet_v2": "mobilenetv2_1.0"}
COMPUTED = {"alexnet", "resnet18", "resnet50", "densenet121", "squeezenet1_0", "squeezenet1_1", "mobilenet_v2"}


def value(key, shape):
    stream = zlib.crc32(key.encode()) % 100_000
    if key.endswith("running_var"):
        low, high = 0.5, 1.5
    elif key.endswith("running_mean"):
        low, high = -0.1, 0.1
    elif len(shape) == 1:
        low, high = (0.8, 1.2) if key.endswith("gamma") else (-0.1, 0.1)
    else:
        bound = (6 / np.prod(shape[1:])) ** 0.5
        low, high = -bound, bound
    return formula.uniform(shape, stream, low, high)


result = {}
for ours, theirs in VARIANTS.items():
    net = vision.get_model(theirs)
    net.initialize()
    x = mx.nd.array(formula.uniform((1, 3, 224, 224), 1, -1, 1))
    net(x)
    parameters = net._collect_params_with_prefix()
    # The same parameters in the same order, as files of before version 1.2 name them.
    older = {p.name[len(net.prefix):]: p for p in parameters.values()}
    entry = {"paths": formula.names(parameters), "counted": formula.names(older)}
    if ours in COMPUTED:
        for key, parameter in parameters.items():
            parameter.set_data(mx.nd.array(value(key, parameter.shape)))
        entry["shapes"] = [list(p.shape) for p in parameters.values()]
        entry["scores"] = formula.fingerprint(net(x).asnumpy())
    result[ours] = entry
    print(ours, flush=True)
formula.write(OUTPUT, result)
