#!/bin/sh
# Makes .venv beside this folder, if it isn't there, and installs the given requirements files into it.
#     sh scripts/setup_venv.sh requirements.txt
# Ends with one sentence and status 1 where the machine lacks something.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "setup: $1" >&2
    exit 1
}

supported() { # is "$1" a Python that TensorFlow 2.21 has packages for?
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() { # $PYTHON if given, else the newest supported one on the PATH
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        if supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "no Python 3.11, 3.12 or 3.13 found (TensorFlow 2.21 has packages for these alone): install one, or name it with make PYTHON=/path/to/python3.12."
}

make_venv() {
    python=$(find_python)
    # Debian splits venv and ensurepip from its python3, and half a .venv would be left behind.
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make a virtual environment: install its venv package first (Debian, Ubuntu: apt-get install python3-venv)."
    echo "setup: making .venv with $("$python" --version) ($python)"
    rm -rf .venv
    "$python" -m venv .venv
}

# A .venv that was interrupted, moved, or made by a Python that is gone since is made again.
if ! supported .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    make_venv
fi

for file in "$@"; do
    echo "setup: installing $file into .venv; the first time fetches about 400 MB and takes some minutes"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$file" ||
        fail "pip could not install $file; its message is above."
done
