"""Cases that the published code of each family decoded, and a runner for them: `python -m tests.families FOLDER`."""
