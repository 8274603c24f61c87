#!/bin/sh
# Installs what building (`build`) or testing (`test`) needs, on Debian or Ubuntu. Does nothing where it is already there.
set -eu
cd "$(dirname "$0")/.."

packages="pkg-config g++"
ls /usr/include/opencc/opencc.h >/dev/null 2>&1 || packages="$packages libopencc-dev"
if [ "${1:-build}" = test ]; then
    packages="$packages chromium fonts-wqy-microhei"
    command -v node >/dev/null 2>&1 || packages="$packages nodejs npm"
    command -v python3 >/dev/null 2>&1 || packages="$packages python3"
    python3 -c 'import ensurepip' >/dev/null 2>&1 || packages="$packages python3-venv"
    # Programs of the data page's snippets, which tests/files.rs runs.
    command -v sqlite3 >/dev/null 2>&1 || packages="$packages sqlite3"
    command -v Rscript >/dev/null 2>&1 || packages="$packages r-base-core"
fi

missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "please install:$missing" >&2
        exit 1
    fi
    run=""
    [ "$(id -u)" = 0 ] || run=sudo
    echo "installing:$missing"
    $run apt-get update -q
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -q --no-install-recommends $missing
fi

if ! command -v cargo >/dev/null 2>&1; then
    echo "please install Rust first: https://rustup.rs" >&2
    exit 1
fi

if [ "${1:-build}" = test ] && [ -f tests/browser/package-lock.json ]; then
    if [ ! -f tests/browser/node_modules/.package-lock.json ] ||
        [ tests/browser/package-lock.json -nt tests/browser/node_modules/.package-lock.json ]; then
        (cd tests/browser && npm ci --no-audit --no-fund)
    fi
fi

# What reads the data files in tests/files.rs: DuckDB, pandas, frictionless, Datasette, sqlite-utils, jsonschema, at fixed versions.
if [ "${1:-build}" = test ] && ! cmp -s tests/files/requirements.txt target/venv/requirements.txt; then
    rm -rf target/venv
    python3 -m venv target/venv
    target/venv/bin/pip install --quiet --disable-pip-version-check -r tests/files/requirements.txt
    cp tests/files/requirements.txt target/venv/requirements.txt
fi
