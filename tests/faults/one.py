"""One fault in a process of its own, to the product and to the planted bug; its outcome as JSON.

python -m faults.one NAME SIZE SEED TEMPLATE FOLDER
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from faults.registry import Outcome, Stage


def main(arguments: list[str]) -> None:
    """See the head of this module. The last line that is printed is the outcome."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sizao_web.settings.django")
    from faults.faults import FAULTS

    name, size, seed, template, folder = arguments
    fault = next(one for one in FAULTS if one.name == name)
    number = int(size) if size.isdecimal() else fault.sizes[size]
    stage = Stage(name, number, int(seed), Path(template), Path(folder))
    began = time.monotonic()
    found, seconds = fault.run(stage), time.monotonic() - began
    planted: Outcome = fault.planted(stage)
    whole = time.monotonic() - began
    print(
        json.dumps({"found": found.plain(), "planted": planted.plain(), "seconds": seconds, "whole": whole})
    )


if __name__ == "__main__":
    main(sys.argv[1:])
