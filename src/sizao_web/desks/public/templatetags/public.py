"""Look-ups in templates: {% label areas path as where %}, {% of contacts office as contact %}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from sizao.terms.words import Words

register = template.Library()


@register.simple_tag
def label(labels: Mapping[str, Words], path: str) -> Words:
    """What an area is called; its path where nothing is on record."""
    return labels.get(path) or Words(path, path)


@register.simple_tag
def of(found: Mapping[str, Any], name: str) -> Any:
    """What a table holds of a name; None where it holds nothing."""
    return found.get(name)
