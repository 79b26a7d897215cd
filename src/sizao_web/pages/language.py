"""The language of the page being made, and words in it."""

from __future__ import annotations

from django.utils import translation

from sizao.terms.words import Words


def language() -> str:
    """zh or en."""
    return "zh" if (translation.get_language() or "zh").startswith("zh") else "en"


def said(words: Words | str | None) -> str:
    """The words in the language of the page."""
    return words.get(language()) if isinstance(words, Words) else str(words or "")


def say(zh: str, en: str) -> str:
    """Two tellings of one thing, in the language of the page."""
    return zh if language() == "zh" else en
