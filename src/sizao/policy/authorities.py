"""What the authorities are called that rules name as their issuers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sizao.terms.words import Words

AUTHORITIES: Mapping[str, Words] = MappingProxyType(
    {
        "city-command": Words("市疫情防控指挥部", "the city's command"),
        "joint-mechanism": Words("国务院联防联控机制", "the State Council's joint mechanism"),
        "ministry-of-health": Words("国家卫生主管部门", "the ministry of health"),
        "who": Words("世界卫生组织", "the World Health Organization"),
    }
)


def authority(name: str) -> Words:
    """An issuing authority in words; its own name where it is none of these."""
    return AUTHORITIES.get(name, Words(name, name))
