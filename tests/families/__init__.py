"""Cases of published decoding code, run on the engine: `python -m tests.families FOLDER`."""
