"""Sessions in the database, kept under a hash of their key and seen by nobody but who holds the key.

A copy of the table signs nobody in; and a row policy shows pages only the session whose key they were given.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection


class SessionStore(db.SessionStore):
    """As Django's, except that the database never meets the key itself."""

    def _get_session_from_db(self) -> Any:
        key = self.session_key
        if key is None:
            return None
        found = self.model.objects.filter(session_key=_known(key), expire_date__gt=db.timezone.now()).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Whether there is one under this key."""
        return bool(self.model.objects.filter(session_key=_known(session_key)).exists())

    def create_model_instance(self, data: Any) -> Any:
        """The row to save."""
        made = super().create_model_instance(data)
        made.session_key = _known(made.session_key)
        return made

    def delete(self, session_key: str | None = None) -> None:
        """End a session: this one, unless another's key is given."""
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=_known(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Remove what has expired; by the jobs' role or the owner, for pages see none of them."""
        cls.get_model_class().objects.filter(expire_date__lt=db.timezone.now()).delete()


def _known(key: str) -> str:
    """The name under which the session lies; the database is told that it is ours to see."""
    name = sha256(b"sizao session " + key.encode()).hexdigest()[:40]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sizao.session', %s, false)", [name])
    return name
