"""`sizao` whose pages an altered application answers: for faults and waits that the product has not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from sizao_web.command import pages, running

Application = Callable[..., Iterable[bytes]]


def sizao(module: str, altered: Callable[[Application], Application]) -> None:
    """Run the command of sys.argv with it; the processes that it starts are started from the module, which
    may have words of its own behind its name."""
    from sizao.cli import main

    loader: Any = pages._loader
    pages._loader = lambda application: loader(altered(application))
    running.command = lambda *words: [sys.executable, "-m", *module.split(), *words]
    main()
