"""A meaning in Chinese and English; everything a person reads is stated in both."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One meaning in Chinese and English."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """The words in `language` ("zh" or "en")."""
        return self.zh if language == "zh" else self.en
