# Steps of script/setup, for sourcing. Each does nothing when its result is up to date.

STYLES=static/css/steelyard.css

say() { printf '%s\n' "$*" >&2; }
give_up() { say "$*"; exit 1; }

# The first Python that is new enough; $PYTHON is asked first.
find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    give_up "Python 3.11 or newer is needed. Install it, or name it: PYTHON=/path/to/python3.11 $0"
}

make_venv() {
    if .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        return
    fi
    python=$(find_python)
    say "Making .venv …"
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv --clear .venv
    elif command -v uv >/dev/null 2>&1; then
        uv venv --quiet --clear --seed --python "$python" .venv
    else
        give_up "$python has no ensurepip. Install the package that brings it" \
            "(Debian and Ubuntu: python3-venv), or install uv, and run this again."
    fi
}

# Installs exactly requirements/$1.txt, once for each content of that file.
install_packages() {
    list=requirements/$1.txt
    stamp=.venv/installed-packages
    digest=$(.venv/bin/python -c 'import hashlib, sys
print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$list")
    # What script/test needs contains what the site needs.
    if [ -f "$stamp" ] && grep -q "$digest" "$stamp"; then
        return
    fi
    say "Installing packages of $list (some minutes the first time) …"
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input \
        --require-hashes -r "$list"
    if [ "$1" = dev ]; then
        base=$(.venv/bin/python -c 'import hashlib
print(hashlib.sha256(open("requirements/base.txt", "rb").read()).hexdigest())')
        printf 'dev %s\nbase %s\n' "$digest" "$base" >"$stamp"
    else
        printf 'base %s\n' "$digest" >"$stamp"
    fi
}

# Writes beside and renames, so that a server that is running never reads half a stylesheet.
build_styles() {
    if [ -f "$STYLES" ] && [ -z "$(find static/css static/js templates config/templatetags -type f \
        ! -name steelyard.css ! -name '*.pyc' -newer "$STYLES" 2>/dev/null | head -n 1)" ]; then
        return
    fi
    partial=static/css/.steelyard.$$
    if ! .venv/bin/tailwindcss --input static/css/input.css --output "$partial" --minify \
        >"$partial.log" 2>&1; then
        cat "$partial.log" >&2
        rm -f "$partial" "$partial.log"
        give_up "The stylesheet could not be built."
    fi
    mv "$partial" "$STYLES"
    rm -f "$partial.log"
}

compile_messages() {
    .venv/bin/python script/messages.py compile >/dev/null
}
