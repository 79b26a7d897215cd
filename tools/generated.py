"""Files of this repository that are written by a program: write them again, or say which are out of date.

    python -m tools.generated write|check

Each module in `tools/generators` answers `files()`: path from the repository's root -> its text.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GENERATORS = ROOT / "tools" / "generators"


def generated_files() -> dict[str, str]:
    """Path to text, of all generators together; two generators that claim one path are an error."""
    texts: dict[str, str] = {}
    for module in pkgutil.iter_modules([str(GENERATORS)]):
        files = importlib.import_module(f"tools.generators.{module.name}").files()
        if taken := texts.keys() & files.keys():
            sys.exit(
                f"tools/generators/{module.name}.py writes what another generator writes: {sorted(taken)}"
            )
        texts.update(files)
    return texts


def write(texts: dict[str, str]) -> int:
    """Write every file whose text differs; exit status 0."""
    for path, text in texts.items():
        if not is_fresh(path, text):
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
            print(f"written: {path}")
    return 0


def check(texts: dict[str, str]) -> int:
    """Name every file that is missing or differs; exit status 1 when there is one."""
    stale = [path for path, text in texts.items() if not is_fresh(path, text)]
    for path in stale:
        print(f"{path} is not what its generator writes. Run `make generate` and commit the result.")
    print(f"{len(texts)} generated files, {len(stale)} out of date.")
    return 1 if stale else 0


def is_fresh(path: str, text: str) -> bool:
    """Whether the file holds exactly this text."""
    file = ROOT / path
    return file.is_file() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    command = {"write": write, "check": check}.get(" ".join(sys.argv[1:]))
    if command is None:
        sys.exit("Say what to do: python -m tools.generated write|check")
    sys.exit(command(generated_files()))
