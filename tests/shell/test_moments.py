"""An end is told so that nobody is a day wrong about it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation

from sizao_web.pages.templatetags.words import end


@pytest.mark.parametrize(
    ("language", "moment", "told"),
    [
        ("zh", datetime(2020, 11, 16, 16, 0, tzinfo=UTC), "2020-11-16 24:00"),  # midnight in the city's zone
        ("en", datetime(2020, 11, 16, 16, 0, tzinfo=UTC), "the end of 2020-11-16"),
        ("zh", datetime(2020, 11, 16, 16, 1, tzinfo=UTC), "2020-11-17 00:01"),
        ("en", datetime(2020, 11, 17, 1, 30, tzinfo=UTC), "2020-11-17 09:30"),
    ],
)
def test_midnight_is_the_end_of_the_day_before_and_another_moment_is_itself(
    language: str, moment: datetime, told: str
) -> None:
    with translation.override(language):
        assert f">{told}</time>" in end(moment)


def test_no_end_is_said_too() -> None:
    assert end(None) == "—"
