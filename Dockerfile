# El Barto Serve with Stable-DiffCoder.
#
#   docker build -t elbarto-serve .
#   docker run --gpus all -p 8000:8000 -v elbarto-models:/models elbarto-serve
#
# DGX Spark: NVIDIA's PyTorch image as the base; its torch and numpy are used.
#   docker build --build-arg BASE_IMAGE=nvcr.io/nvidia/pytorch:25.10-py3 -t elbarto-serve .
# No GPU: PyTorch's small CPU build.
#   docker build --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu -t elbarto-serve .

# It runs with a read-only root, and as any user, also one without a name: what it writes is /models, and /dev/shm if
# /tmp is not there.
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges --user 12345:0 ... elbarto-serve

ARG BASE_IMAGE=python:3.12-slim

FROM ${BASE_IMAGE} AS build
ARG TORCH_INDEX=https://pypi.org/simple
# NVIDIA's images set PIP_CONSTRAINT for their own tools; its pins conflict with ours.
ENV PIP_CONSTRAINT="" PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /tmp/requirements.txt
RUN python3 -m venv --system-site-packages --without-pip /opt/venv \
    && if python3 -c 'import torch' 2>/dev/null; then \
           sed -i '/^torch==/d; /^numpy==/d' /tmp/requirements.txt; \
       else \
           python3 -m pip --python /opt/venv/bin/python install \
               --index-url "$TORCH_INDEX" "$(grep '^torch==' /tmp/requirements.txt)"; \
       fi \
    && python3 -m pip --python /opt/venv/bin/python install -r /tmp/requirements.txt
# What is in the image, as CycloneDX: /opt/elbarto/sbom.cdx.json.
COPY requirements-security.txt /tmp/
RUN python3 -m venv /opt/security \
    && /opt/security/bin/python -m pip install -r /tmp/requirements-security.txt \
    && /opt/security/bin/cyclonedx-py environment /opt/venv/bin/python --output-file /opt/sbom.cdx.json

FROM ${BASE_IMAGE}
RUN useradd --create-home --uid 10001 elbarto \
    && mkdir /models \
    && chown elbarto:0 /models \
    && chmod 775 /models
COPY --from=build /opt/venv /opt/venv
WORKDIR /opt/elbarto
COPY --from=build /opt/sbom.cdx.json .
COPY . .
# Compiled now: the user below, or a read-only root, could not keep it.
RUN /opt/venv/bin/python -m compileall -q app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HOME=/models \
    ELBARTO_MODEL_PATH=ByteDance-Seed/Stable-DiffCoder-8B-Instruct
USER elbarto
VOLUME /models
EXPOSE 8000
# 503 while the model loads; the first start downloads 16 GB.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30m --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + (os.environ.get('ELBARTO_PORT') or '8000') + '/health', timeout=4)"]
CMD ["python", "-m", "app", "serve"]
