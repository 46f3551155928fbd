#!/bin/bash
# Builds the release binary when a source is newer than the last one, and prints its path.
set -euo pipefail
source "$(dirname "$0")/common.sh"

folder=.build-release
binary=$folder/release/atelier
stamp=$folder/atelier.stamp

fresh() {
    [ -x "$binary" ] && [ -f "$stamp" ] &&
        [ -z "$(find Sources Package.swift -newer "$stamp" -print -quit)" ] &&
        [ "$(cat "$stamp")" = "$(sources)" ]
}

# What the binary was made of, by name, so that a file that went is noticed too.
sources() { find Sources -type f | LC_ALL=C sort | sha256sum | cut -d ' ' -f 1; }

if ! fresh; then
    scripts/install.sh
    say "building the release binary; the first time takes 5 to 12 minutes on two cores"
    began=$SECONDS
    mkdir -p "$folder"
    # The stamp is of the build's beginning: what changes meanwhile is built the next time.
    sources >"$stamp.next"
    swift build -c release --static-swift-stdlib -Xlinker --strip-debug --product atelier --scratch-path "$folder" >&2
    mv "$stamp.next" "$stamp"
    say "built in $(since "$began")"
fi
printf '%s\n' "$ROOT/$binary"
