"""Make the demonstration of SIZAO_DATA and print its counts as one line of JSON; the database runs on."""

from __future__ import annotations

import json

import django

from sizao_web.settings import embedded
from sizao_web.settings.configuration import configuration


def main() -> None:
    """Called in a process of its own: settings are read once."""
    import os

    embedded.start(configuration(os.environ).cluster)
    django.setup()
    from sizao_web.demo.building import build

    print(json.dumps(build()))


if __name__ == "__main__":
    main()
