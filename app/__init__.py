"""El Barto Serve: an OpenAI-compatible server for block-diffusion code models."""

__version__ = "0.1.0"
