"""Derive everything anew for the moment of the last run.

python -m faults.rederive        in the environment of the installation, as the worker
"""

from __future__ import annotations

import django


def main() -> None:
    """A whole run as of the last one, so that no clock stands between the two ledgers."""
    django.setup()
    from sizao_web.records.ledger import runs
    from sizao_web.records.models import Run

    last = Run.objects.order_by("-pk")[0]
    runs.whole(last.as_of)


if __name__ == "__main__":
    main()
