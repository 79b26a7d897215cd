"""Under which parts people are found who may be the same: few enough to be compared one by one.

The parts are hashed with a key before they are kept or asked for, so each is found by equality alone. A slip
of the pen must leave one of them whole: of a document its digits in odd and in even places, of a birth date
its year, and its day of the year, each together with how the name sounds.
"""

from __future__ import annotations

from sizao.intake.persons import names, telephones
from sizao.intake.persons.documents import document
from sizao.intake.persons.likeness import Said, address_parts

DOCUMENT, TELEPHONE, SOUND = "document", "telephone", "sound"


def keys(said: Said) -> dict[str, str]:
    """The parts by which somebody is known for certain: document (where it may be one), telephone, sound of
    the name. Kind -> part."""
    found = {}
    held = document(said.document) if said.document else None
    if held is not None and held.is_key:
        found[DOCUMENT] = f"document:{held.number}"
    if said.telephone and (number := telephones.plain(said.telephone)):
        found[TELEPHONE] = f"telephone:{number}"
    if said.name and (heard := names.sound(said.name)):
        found[SOUND] = f"sound:{heard}"
    return found


def blocks(said: Said) -> tuple[str, ...]:
    """The parts under which people like that are kept and looked for, beside the keys."""
    found = []
    held = document(said.document) if said.document else None
    if held is not None and len(held.number) >= 6:
        kind = held.kind if held.kind == "resident" else "travel"
        found += [f"odd:{kind}:{held.number[::2]}", f"even:{kind}:{held.number[1::2]}"]
    heard = names.sound(said.name) if said.name else ""
    if heard and (born := said.born):
        found += [f"year:{heard}:{born.year}", f"day:{heard}:{born.month}-{born.day}"]
    if heard and said.address:
        numbers = [part for part in address_parts(said.address) if part.isdigit()]
        if numbers:
            found.append(f"home:{heard}:{'-'.join(numbers)}")
    return tuple(found)
