"""Keep a photograph of a finding, or take one back. What the camera said of itself is never stored."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from sizao.intake.pictures import NoPicture, picture_of
from sizao.terms.words import Words
from sizao_web.records import audit
from sizao_web.records.access.policies import POLICIES
from sizao_web.records.access.scope import Scope
from sizao_web.records.models import Photo
from sizao_web.records.writing import NotAllowed, Refused

MOST = 6  # photographs of one finding at one stage
TOO_MANY = Words(
    "一个问题每个阶段最多 6 张照片。请先收回一张。",
    "A finding has at most 6 photographs at each stage. Take one back first.",
)
STAGES = ("found", "rectified")


def keep_photo(
    scope: Scope,
    moment: datetime,
    content: bytes,
    *,
    finding: str,
    place: str,
    area: str,
    stage: str,
    request: str | None = None,
) -> bool:
    """Whether it is new: the same picture of the same finding at the same stage is kept once.

    place, area: of the finding. Refused for what is no picture, and for one too many; NotAllowed.
    """
    try:
        picture = picture_of(content)
    except NoPicture as cause:
        raise Refused([(0, cause.words)]) from None
    digest = sha256(picture.content).digest()
    kept = Photo.objects.filter(finding=finding, stage=stage, withdrawn_at__isnull=True)
    if kept.filter(sha256=digest).exists():
        return False
    if kept.count() >= MOST:
        raise Refused([(0, TOO_MANY)])
    row = {
        "id": uuid5(NAMESPACE_URL, f"{finding}/{stage}/{digest.hex()}/{moment.isoformat()}"),
        "finding": finding,
        "place": place,
        "area": area,
        "stage": stage,
        "kind": picture.kind,
        "content": picture.content,
        "sha256": digest,
        "width": picture.width,
        "height": picture.height,
        "recorded_at": moment,
        "recorded_by": scope.account,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
            cursor.execute(f"INSERT INTO photo ({names}) VALUES ({marks})", list(row.values()))
    except ProgrammingError as cause:
        if not isinstance(cause.__cause__, InsufficientPrivilege):
            raise
        raise NotAllowed(f"{scope.role} may not add a photograph to this finding.") from cause
    audit.note(scope, moment, "record", "photo", [finding, str(row["id"])], request)
    return True


def take_back_photo(scope: Scope, moment: datetime, photo: str, *, request: str | None = None) -> bool:
    """Whether it was there and the giver's own: its content is gone then, its digest stays."""
    mine = Photo.objects.filter(
        POLICIES["photo"].q(scope), id=photo, recorded_by=scope.account, withdrawn_at__isnull=True
    )
    changed = mine.update(content=b"", withdrawn_at=moment)
    if changed:
        audit.note(scope, moment, "retract", "photo", [photo], request)
    return bool(changed)
