#!/bin/sh
# Audit the sample of five registries and the other examples, and write the page: audit.sh [FOLDER]
set -eu
here=$(dirname -- "$0")
mkdir -p -- "${1:-.}"
folder=$(CDPATH='' cd -- "${1:-.}" && pwd)
if test -e "$folder/audit.db"; then
    echo "error: $folder/audit.db is there already; remove it, or name another folder: audit.sh FOLDER" >&2
    exit 2
fi
CDPATH='' cd -- "$here"

release-review audit '../*/release.toml' \
    osai=registries/osai \
    epoch=registries/epoch \
    fmti=registries/fmti \
    model-openness-tool=registries/model-openness-tool \
    models-dev=registries/models-dev \
    -o "$folder/audit.db" --today 2026-11-22 --exit-zero >/dev/null
release-review report "$folder/audit.db" --quiet --output html="$folder/audit.html"
