"""`python3 Audit/auditor usage …` and `python3 -m auditor usage …`."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from auditor.command import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
