"""`sizao migrate` that is killed at its n-th statement.

python -m faults.migrating N [BUG]        in the environment of an installation, as the owner

N is 0: it is not killed, and the number of statements is printed. The planted bug: what a migration does is
not one transaction.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django


def main(arguments: list[str]) -> None:
    """See the head of this module."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    end, done = int(arguments[0]), 0
    if len(arguments) > 1:
        connection.features.can_rollback_ddl = False

    def counted(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal done
        done += 1
        if done == end:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        call_command("migrate", verbosity=0, interactive=False)
    print(done)


if __name__ == "__main__":
    main(sys.argv[1:])
