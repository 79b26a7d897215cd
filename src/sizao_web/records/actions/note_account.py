"""Leave in the audit what somebody did with their own account: signed in, chose a password."""

from __future__ import annotations

from datetime import datetime

from sizao_web.accounts.models import Account
from sizao_web.accounts.roles import OWN_ACCOUNT
from sizao_web.records import audit
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading.accounts import ACCOUNT, subject


def note_account(scope: Scope | None, moment: datetime, account: Account, deed: str) -> None:
    """One audit row under the duty worked under; under none where there is none yet."""
    none = Scope(account=account.username, role="", area="", organisation=None, purpose=OWN_ACCOUNT)
    audit.note(scope or none, moment, deed, ACCOUNT, [subject(account)])
