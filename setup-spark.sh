#!/usr/bin/env bash
# Sets up El Barto Serve on an NVIDIA DGX Spark: checks the machine, installs PyTorch's CUDA 13 build and the server
# into .venv, verifies the GPU, and writes a .env that selects Stable-DiffCoder. It can be run any number of times.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly TORCH_INDEX=https://download.pytorch.org/whl/cu130
readonly DISK_GB=30 # the model 16, PyTorch with its CUDA libraries 8 while being unpacked, and headroom
readonly PYTHON=${PYTHON:-python3.12}
dry_run=false
missing=()

main() {
    parse_arguments "$@"
    echo "Checking this machine"
    check_machine
    check_python
    check_driver
    check_disk
    report_missing
    echo "Setting up"
    install_packages
    verify_gpu
    write_env
    if $dry_run; then echo "Dry run: nothing was changed."; else echo "Done. Start the server with: make serve"; fi
}

parse_arguments() {
    case "${1:-}" in
        "") ;;
        --dry-run) dry_run=true ;;
        *)
            echo "Usage: ./setup-spark.sh [--dry-run]   (--dry-run prints the commands instead of running them; PYTHON=... names a Python 3.12)"
            [[ $1 == -h || $1 == --help ]] && exit 0
            exit 2
            ;;
    esac
}

found() { printf '  ok       %s\n' "$1"; }

lack() {
    printf '  missing  %s\n' "$1"
    missing+=("$1")
}

check_machine() {
    local machine
    machine="$(uname -s) $(uname -m)"
    if [[ $machine == "Linux aarch64" ]]; then found "$machine"; else lack "Linux aarch64 (this is $machine)"; fi
}

check_python() {
    local version
    version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo none)
    if [[ $version != 3.12 ]]; then
        lack "Python 3.12 ($PYTHON is: $version; sudo apt install python3.12 python3.12-venv)"
    elif ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
        lack "Python's venv module (sudo apt install python3.12-venv)"
    else
        found "Python $version"
    fi
}

check_driver() {
    local cuda
    if ! command -v nvidia-smi >/dev/null 2>&1; then
        lack "NVIDIA driver (no nvidia-smi)"
        return
    fi
    local gpu
    if ! gpu=$(nvidia-smi --query-gpu=name,compute_cap --format=csv,noheader 2>&1); then
        lack "a working NVIDIA driver (nvidia-smi: ${gpu%%$'\n'*})"
        return
    fi
    found "GPU ${gpu%%$'\n'*}"
    cuda=$(nvidia-smi 2>/dev/null | sed -n 's/.*CUDA[A-Za-z ]*Version: *\([0-9][0-9]*\)\.\([0-9]*\).*/\1.\2/p' | head -n 1 || true)
    if [[ ${cuda%%.*} -ge 13 ]]; then
        found "driver for CUDA $cuda"
    else
        lack "a driver for CUDA 13 or newer (nvidia-smi reports: ${cuda:-none})"
    fi
}

check_disk() {
    local cache=${HF_HOME:-${HOME:-$PWD}/.cache/huggingface} free_gb
    while [[ ! -d $cache ]]; do cache=$(dirname "$cache"); done
    free_gb=$(($(df -Pk "$cache" | awk 'NR == 2 { print $4 }') / 1024 / 1024))
    if ((free_gb >= DISK_GB)); then
        found "$free_gb GB free at $cache"
    else
        lack "$DISK_GB GB of free disk at $cache ($free_gb GB are free)"
    fi
}

report_missing() {
    ((${#missing[@]} == 0)) && return
    echo "This machine is not ready; missing:"
    printf '  - %s\n' "${missing[@]}"
    $dry_run || exit 1
}

# Print a command and, except in a dry run, run it.
run() {
    printf '  + %s\n' "$*"
    $dry_run || "$@"
}

install_packages() {
    local torch
    torch=$(grep '^torch==' requirements.txt)
    run "$PYTHON" -m venv .venv
    run .venv/bin/python -m pip install "$torch" --index-url "$TORCH_INDEX"
    run .venv/bin/python -m pip install -r requirements.txt
    run touch .venv/.server # the Makefile's marker for a complete installation
}

verify_gpu() {
    if $dry_run; then
        echo "  + check that PyTorch can compute on the GPU, and its compute capability (12.1 on a Spark)"
        return
    fi
    .venv/bin/python - <<'END'
import sys, torch
if not torch.cuda.is_available():
    sys.exit(f"PyTorch {torch.__version__} (CUDA {torch.version.cuda}) sees no GPU")
x = torch.ones(64, 64, device="cuda", dtype=torch.bfloat16)
assert (x @ x).float().sum().item() == 64**3
major, minor = torch.cuda.get_device_capability()
note = "as expected" if (major, minor) == (12, 1) else "a Spark has 12.1"
print(f"  ok       {torch.cuda.get_device_name()} works; compute capability {major}.{minor} ({note})")
END
}

write_env() {
    if [[ -e .env ]]; then
        echo "  .env exists already and is left unchanged"
    else
        run cp .env.example .env
    fi
}

main "$@"
