#!/bin/bash
# Installs what is missing of the Debian packages that this repository needs, and checks the Swift toolchain.
# usage: scripts/install.sh [PACKAGE...]: these packages too
set -euo pipefail
source "$(dirname "$0")/common.sh"

# To run: the sandbox, SQLite, jobs' Python, volumes' file systems. To build: what links Swift, GRDB and the HTTP libraries.
packages=(
    bubblewrap xfsprogs e2fsprogs mount util-linux python3 python3-venv ca-certificates libgomp1 curl git tzdata
    binutils gcc libc6-dev libstdc++-12-dev libsqlite3-dev zlib1g-dev libxml2 libcurl4
    "$@"
)

missing() {
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null |
        awk -v wanted="${packages[*]}" '
            $2 == "installed" { there[$1] = 1 }
            END { count = split(wanted, names, " "); for (i = 1; i <= count; i++) if (!(names[i] in there)) print names[i] }'
}

install_packages() {
    local as=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || cannot_install "this is not root, and there is no sudo" "$@"
        as=(sudo)
    fi
    say "installing $*"
    # A fresh machine has no package lists; an old one has stale lists, so a failure asks for new ones once.
    DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get install -y -qq --no-install-recommends "$@" >&2 ||
        { "${as[@]}" apt-get update -qq >&2 &&
            DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get install -y -qq --no-install-recommends "$@" >&2; } ||
        cannot_install "apt-get failed, see above" "$@"
}

cannot_install() {
    local why=$1
    shift
    die "missing Debian packages: $*" "They could not be installed: $why." \
        "Install them by hand: apt-get install $*" "Then run make again."
}

check_swift() {
    command -v swift >/dev/null ||
        die "there is no Swift on the PATH" "Install Swift 6.2 or later for Debian 12 from https://www.swift.org/install/linux/" \
            "Then run make again."
    local stamp=var/swift-version place version
    place=$(command -v swift)
    if [ -f "$stamp" ] && [ "$stamp" -nt "$place" ] && [ "$(cat "$stamp")" = "$place" ]; then return; fi
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' | head -n 1)
    local major=${version% *} minor=${version#* }
    if [ -z "$version" ] || [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        die "Swift ${version/ /.} at $place is too old; 6.2 or later is needed" \
            "Install it from https://www.swift.org/install/linux/ and put it first on the PATH, then run make again."
    fi
    mkdir -p var
    printf '%s\n' "$place" >"$stamp"
}

if ! command -v dpkg-query >/dev/null; then
    say "This is not Debian; these packages, or what stands for them, must be there: ${packages[*]}"
else
    mapfile -t absent < <(missing || true)
    if [ "${#absent[@]}" -gt 0 ]; then install_packages "${absent[@]}"; fi
fi
check_swift
