# What every script starts with: the repository's folder, and how to speak.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1

# Says what is done now; what a script answers goes to stdout, the rest to stderr.
say() { printf '%s\n' "$*" >&2; }

# Says what went wrong and how to go on, and ends.
die() {
    printf 'error: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '       %s\n' "$line" >&2; done
    exit 1
}

# Tells whole seconds since a moment of $SECONDS.
since() { printf '%d s' $((SECONDS - $1)); }

# Prepares a folder of Python packages as a file of requirements says, unless it is as it says already.
venv() {
    local folder=$1 requirements=$2 stamp=$1/prepared wanted
    wanted=$(sha256sum <"$requirements")
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then return; fi
    rm -rf "$folder"
    # A caller may go on without it, and then nothing here ends by itself.
    /usr/bin/python3 -m venv "$folder" || return
    "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" || return
    printf '%s\n' "$wanted" >"$stamp"
}
