"""Derive everything anew for the moment of the last run, and give the audit its places in the chain.

python -m faults.rederive        in the environment of the installation, as the worker
"""

from __future__ import annotations

import django


def main() -> None:
    """A whole run as of the last one, so that no clock stands between the two ledgers."""
    django.setup()
    from sizao_web.records.chain.chaining import chain
    from sizao_web.records.ledger import runs
    from sizao_web.records.models import Run
    from sizao_web.settings.clock import now

    last = Run.objects.order_by("-pk")[0]
    runs.whole(last.as_of)
    chain(now())


if __name__ == "__main__":
    main()
