"""``python -m behavtest``."""

from __future__ import annotations

import sys

from behavtest.cli.main import main

sys.exit(main())
