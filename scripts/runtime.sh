#!/bin/bash
# Prepares the environment of a runtime in var/runtimes/NAME, unless it stands there already.
# usage: scripts/runtime.sh NAME, a folder of Runtimes
set -euo pipefail
source "$(dirname "$0")/common.sh"

name=${1:?usage: scripts/runtime.sh NAME}
requirements=Runtimes/$name/requirements.txt
[ -f "$requirements" ] || die "there is no $requirements" "Runtimes are: $(cd Runtimes && echo */ | tr -d /)"
environment=$ROOT/var/runtimes/$name
stamp=$environment/prepared
# Files that are laid into the environment beside its packages.
files=Runtimes/$name/environment

# The packages of a list, with those of the lists that it names.
packages() {
    local file=$1 line
    while IFS= read -r line; do
        case $line in
            '-r '*) packages "$(dirname "$file")/${line#-r }" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done <"$file"
}

# The same without indexes that do not answer: pip would wait for them once for every package, and find no more.
installable() {
    local line
    packages "$1" | while IFS= read -r line; do
        case $line in
            '--extra-index-url '*)
                if ! curl -fs -o /dev/null -m 10 "${line#--extra-index-url }"; then
                    say "${line#--extra-index-url } is not reached; its wheels must come from elsewhere"
                    continue
                fi
                ;;
        esac
        printf '%s\n' "$line"
    done
}

wanted=$({
    packages "$requirements"
    readlink -f /usr/bin/python3
    printf '%s\n' "$environment"
    if [ -d "$files" ]; then find -H "$files" -type f | LC_ALL=C sort | xargs sha256sum; fi
} | sha256sum | cut -d ' ' -f 1)

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi

# An environment cannot be moved, so it is made where it stays; one without its stamp is not ready.
say "preparing the runtime $name"
began=$SECONDS
rm -rf "$environment"
mkdir -p "$(dirname "$environment")"
if grep -q '^[^#]' "$requirements"; then
    /usr/bin/python3 -m venv "$environment"
    installable "$requirements" | PIP_DISABLE_PIP_VERSION_CHECK=1 "$environment/bin/pip" install --quiet \
        --require-hashes --only-binary :all: -r /dev/stdin >&2 ||
        die "pip could not install what $requirements names, see above" \
            "Where PyPI is not reached: pip download --require-hashes -r $requirements -d FOLDER on a machine that does," \
            "then PIP_FIND_LINKS=FOLDER PIP_NO_INDEX=1 make up here."
else
    /usr/bin/python3 -m venv --without-pip "$environment"
fi
if [ -d "$files" ]; then
    cp -r "$files/." "$environment/"
    # Whoever runs it cannot write there, and would compile it at each start.
    /usr/bin/python3 -m compileall -q "$environment"/lib/python3*/site-packages/atelier_* 2>/dev/null || true
fi
printf '%s\n' "$wanted" >"$stamp"
say "prepared in $(since "$began")"
