#!/bin/bash
# install.sh DIR: a real VS Code (code-server, on a Node.js of its own), playwright-core and, where there is none, Chromium.
# Some 2 minutes and 800 MB, all of it in DIR; only Chromium comes from the system's packages. Does nothing when done before.
set -euo pipefail

NODE=24.21.0 CODE_SERVER=4.139.1 PLAYWRIGHT=1.65.1
dir=$(realpath -m "$1")
mark=$dir/installed-$NODE-$CODE_SERVER-$PLAYWRIGHT
[ -e "$mark" ] && exit 0
command -v npm >/dev/null || { echo "install.sh: npm is needed; install Node.js 20 or newer" >&2; exit 1; }

npm_install() { # FOLDER PACKAGE...: always into an empty folder, since npm cannot repair a failed install of code-server
    rm -rf "${dir:?}/$1" && mkdir -p "$dir/$1" && cd "$dir/$1"
    npm init -y >/dev/null
    npm install --no-audit --no-fund --omit=dev "${@:2}"
}

mkdir -p "$dir"
npm_install node "node@$NODE"
export PATH=$dir/node/node_modules/.bin:$PATH

# code-server compiles a few small modules. Where Debian has their headers, they are unpacked beside it, not installed.
if command -v apt-get >/dev/null; then
    debs=$dir/headers/debs
    rm -rf "$dir/headers" && mkdir -p "$debs" && cd "$debs"
    [ "$(id -u)" != 0 ] || apt-get update -qq || true
    wanted=$(apt-get install -s --no-install-recommends libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev | awk '/^Inst/{print $2}')
    [ -z "$wanted" ] || apt-get download -qq $wanted
    for deb in *.deb; do [ ! -e "$deb" ] || dpkg -x "$deb" "$dir/headers"; done
    rm -rf "$debs"
    usr=$dir/headers/usr machine=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -dumpmachine)
    export CPATH=$usr/include:$usr/include/$machine:$usr/include/mit-krb5
    export LIBRARY_PATH=$usr/lib/$machine:$usr/lib/$machine/mit-krb5
    export PKG_CONFIG_PATH=$usr/lib/$machine/pkgconfig:$usr/share/pkgconfig
fi
JOBS=1 npm_install server "code-server@$CODE_SERVER"
npm_install drive "playwright-core@$PLAYWRIGHT"

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null && [ -z "${CHROMIUM:-}" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
    else
        echo "install.sh: Chromium is needed; install it, or name one with CHROMIUM=/path/to/chrome" >&2
        exit 1
    fi
fi
touch "$mark"
