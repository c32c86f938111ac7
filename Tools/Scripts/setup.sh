#!/usr/bin/env bash
# Finds out what is missing to build these packages and installs it with apt where that is possible; else says what to run.
#
#   setup.sh          compiler and libraries
#   setup.sh --data   also Fashion-MNIST as the system's package, if it is nowhere else; without it, generated images serve
set -euo pipefail

fail() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

# --- what is missing ---------------------------------------------------------------------------------------------------

if ! command -v swift >/dev/null; then
  fail "swift is not on the PATH; version 6.2 or later is needed" "see https://www.swift.org/install, then run this again"
fi

# pkg-config's name of each library, and the package that has it on Debian and Ubuntu, and with Homebrew.
libraries=(openblas:libopenblas-dev:openblas libpng:libpng-dev:libpng libjpeg:libjpeg-dev:jpeg-turbo zlib:zlib1g-dev:zlib)
apt_packages=()
brew_packages=()
if ! command -v pkg-config >/dev/null; then
  apt_packages+=(pkg-config)
  brew_packages+=(pkgconf)
fi
if ! command -v git >/dev/null; then
  apt_packages+=(git)
  brew_packages+=(git)
fi
for library in "${libraries[@]}"; do
  IFS=: read -r name apt brew <<<"$library"
  if ! pkg-config --exists "$name" 2>/dev/null; then
    apt_packages+=("$apt")
    brew_packages+=("$brew")
  fi
done

has_fashion_mnist() {
  local folder
  for folder in "${D2L_DATA:-/nonexistent}" "${D2L_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/d2l}" /usr/share/datasets; do
    if [[ -e $folder/fashion-mnist/train-images-idx3-ubyte.gz ]]; then return 0; fi
  done
  return 1
}

wants_data=false
if [[ ${1:-} == --data ]] && ! has_fashion_mnist; then wants_data=true; fi
if ((${#apt_packages[@]} == 0)) && ! $wants_data; then exit 0; fi

# --- getting it --------------------------------------------------------------------------------------------------------

root=()
can_install=false
if command -v apt-get >/dev/null; then
  if ((EUID == 0)); then
    can_install=true
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    can_install=true
    root=(sudo -n)
  fi
fi

apt_get() { "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" >/dev/null; }

# The lists of packages may be absent (a fresh container) or old: fetch them when an installation fails.
install() {
  apt_get install -y --no-install-recommends "$@" 2>/dev/null && return
  apt_get update && apt_get install -y --no-install-recommends "$@"
}

if ((${#apt_packages[@]} > 0)); then
  if ! $can_install; then
    if command -v brew >/dev/null; then fail "these are missing; run: brew install ${brew_packages[*]}"; fi
    fail "these are missing: ${apt_packages[*]}" "on Debian and Ubuntu run: sudo apt-get install ${apt_packages[*]}"
  fi
  echo "Installing ${apt_packages[*]}"
  install "${apt_packages[@]}" || fail "apt-get could not install ${apt_packages[*]}; its message is above"
fi

if $wants_data; then
  if $can_install; then
    echo "Installing the images of Fashion-MNIST (dataset-fashion-mnist)"
    install dataset-fashion-mnist 2>/dev/null || echo "They cannot be had here; generated images will serve."
  else
    echo "For real images run: sudo apt-get install dataset-fashion-mnist"
  fi
fi
