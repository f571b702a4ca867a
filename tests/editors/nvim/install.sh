#!/bin/bash
# install.sh [DIR]: unpack a current Neovim (Debian sid's, with its own libc) into DIR, touching nothing outside it.
# For Debian on x86-64, without root. The default DIR, .venv-nvim of the repository, is where the tests look.
# Elsewhere: install Neovim 0.12 in any way, and put it on PATH or name it in ELBARTO_TEST_NVIM.
set -euo pipefail
repository=$(cd "$(dirname "$0")/../../.." && pwd)
dir=$(realpath -m "${1:-$repository/.venv-nvim}")
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
  grep -v '^#' | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 || true)
mirror=${mirror:-http://deb.debian.org/debian}
mkdir -p "$dir"/{lists/partial,archives/partial,root,bin}
: > "$dir/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$dir/sources"
options=(-qq -o "Dir::State=$dir" -o "Dir::State::lists=$dir/lists" -o "Dir::State::status=$dir/status"
  -o "Dir::Cache=$dir" -o "Dir::Cache::archives=$dir/archives" -o "Dir::Etc::sourcelist=$dir/sources"
  -o Dir::Etc::sourceparts=/dev/null -o "APT::Sandbox::User=$(id -un)")
apt-get "${options[@]}" update
apt-get "${options[@]}" install -y -d --no-install-recommends neovim
for deb in "$dir"/archives/*.deb; do dpkg -x "$deb" "$dir/root"; done
libraries=$dir/root/usr/lib/x86_64-linux-gnu
cat > "$dir/bin/nvim" <<LAUNCH
#!/bin/sh
export VIMRUNTIME=$dir/root/usr/share/nvim/runtime
exec $libraries/ld-linux-x86-64.so.2 --library-path $libraries $dir/root/usr/bin/nvim "\$@"
LAUNCH
chmod +x "$dir/bin/nvim"
"$dir/bin/nvim" --version | head -n 1
