"""`python -m app`: the command line from the source tree."""

import sys

from app.cli import main

sys.exit(main())
