#!/usr/bin/env bash
# Put what runs Python on other CPUs into FOLDER: qemu's emulators, and for each architecture a
# root with Python 3.13. Everything comes from Debian trixie. Its qemu is statically linked, so it
# runs on any Linux, and it is new enough (qemu 7.2 crashes on onnxruntime for arm64). apt fetches,
# checks and unpacks the packages with a state of its own: it needs no root and installs nothing.
# Folders that exist already are left alone.
#
#   prepare.sh FOLDER
# Environment:
#   DEBIAN_MIRROR   default: the mirror that this machine's apt uses
# Exits with status 3 and one sentence if something is missing.
set -euo pipefail

mkdir -p "$1"
folder=$(cd "$1" && pwd)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

missing() { echo "$*" >&2; exit 3; }

# unpack ARCHITECTURE NAME PACKAGE…: unpack the packages and their dependencies into $folder/NAME
unpack() {
  local work=$folder/$2.part
  [ ! -d "$folder/$2" ] || return 0
  rm -rf "$work"
  mkdir -p "$work"/{lists,cache/archives,root/usr/lib,root/usr/lib64}
  ln -s usr/lib usr/lib64 "$work/root" # as on Debian; programs look for their loader there
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
find "$folder/emulators" -type f ! -name qemu-aarch64 ! -name qemu-x86_64 -delete # saves 0.4 GB
unpack amd64 root-x86_64 python3.13 libstdc++6
unpack arm64 root-aarch64 python3.13 libstdc++6
# On Lambda's arm64, these files cannot be read. A folder in the root hides this machine's own file
# from the emulated program.
mkdir -p "$folder"/root-aarch64/sys/devices/system/cpu/{possible,present}
