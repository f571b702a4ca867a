#!/bin/sh
# Checks exactness and measures speed on a CUDA machine. From any directory: sh bench/gpu.sh [FOLDER]
# PYTHON is the interpreter (by default the one of .venv, which `make test` builds).
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}
OUT=${1:-bench/results/gpu}

command -v "$PYTHON" >/dev/null || { echo "$PYTHON not found: run make test first, or set PYTHON" >&2; exit 1; }
"$PYTHON" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' ||
    { echo "PyTorch sees no CUDA device here" >&2; exit 1; }
nvidia-smi --query-gpu=name,driver_version,memory.total,memory.used,utilization.gpu --format=csv

"$PYTHON" -m pytest -m gpu
"$PYTHON" -m bench published speculation quantization concurrency floor prefix http --device cuda --shape 8B --out "$OUT"
