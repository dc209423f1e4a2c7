#!/usr/bin/env bash
# Put into FOLDER what runs Python on other CPUs here: qemu's emulators, and for each architecture
# a root with Python 3.13. All are Debian trixie's: its qemu is statically linked, so it runs on any
# Linux, and new enough (version 7.2 dies on onnxruntime for arm64). apt fetches, checks and unpacks
# them, with a state of its own: no root is needed, and nothing is installed. What is there already
# stays.
#
#   prepare.sh FOLDER
# Environment:
#   DEBIAN_MIRROR   default: the one that this machine's apt is set to
# If something is missing, says what in one sentence, and ends with status 3.
set -euo pipefail

mkdir -p "$1"
folder=$(cd "$1" && pwd)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

missing() { echo "$*" >&2; exit 3; }

# unpack ARCHITECTURE NAME PACKAGE…: the packages and all they depend on, into $folder/NAME
unpack() {
  local work=$folder/$2.part
  [ ! -d "$folder/$2" ] || return 0
  rm -rf "$work"
  mkdir -p "$work"/{lists,cache/archives,root/usr/lib,root/usr/lib64}
  ln -s usr/lib usr/lib64 "$work/root" # as on every Debian; the programs look for their loader there
  touch "$work/status"
  echo "deb [signed-by=$keyring] $mirror trixie main" >"$work/sources.list"
  local apt=(apt-get -qq -o "APT::Architecture=$1" -o "APT::Architectures=$1"
    -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State=$work" -o "Dir::State::lists=$work/lists" -o "Dir::State::status=$work/status"
    -o "Dir::Cache=$work/cache" -o "Dir::Cache::archives=$work/cache/archives"
    -o Acquire::Languages=none -o APT::Sandbox::User=)
  "${apt[@]}" update
  "${apt[@]}" install --yes --download-only --no-install-recommends "${@:3}"
  local package
  for package in "$work"/cache/archives/*.deb; do dpkg -x "$package" "$work/root"; done
  mv "$work/root" "$folder/$2"
  rm -r "$work"
}

for command in apt-get dpkg; do
  command -v "$command" >/dev/null || missing "The emulator needs a machine with apt and dpkg."
done
[ -r "$keyring" ] || missing "The emulator needs Debian's keys: install debian-archive-keyring."
mirror=${DEBIAN_MIRROR:-$(
  apt-get update --print-uris | grep -oPm1 "^'\K\S+/debian(?=/dists/)" || true)}
[ -n "$mirror" ] || missing "The emulator needs a mirror of Debian: set DEBIAN_MIRROR to its URL."

unpack "$(dpkg --print-architecture)" emulators qemu-user
find "$folder/emulators" -type f ! -name qemu-aarch64 ! -name qemu-x86_64 -delete # 0.4 GB of others
unpack amd64 root-x86_64 python3.13 libstdc++6
unpack arm64 root-aarch64 python3.13 libstdc++6
# As on Lambda's arm64, these cannot be read. (The emulated program sees this machine's files,
# except where the root has something.)
mkdir -p "$folder"/root-aarch64/sys/devices/system/cpu/{possible,present}
