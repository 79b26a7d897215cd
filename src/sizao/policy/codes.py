"""Colour codes as a pack writes them in codes/*.yaml: which place of a person's standing has which colour.

A code is a projection of the standing and nothing else: it names places, never a person, an area or a
condition of its own. So nobody has a colour for which there is no live restriction under a rule, and a
colour ends when that restriction ends. No set is in use unless somebody names it (`sizao codes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sizao.policy.context import Context
from sizao.policy.fields import Fields, chosen, one_word
from sizao.policy.model import LegalBasis, Source
from sizao.policy.rules import legal_basis_of, order_of, read_window
from sizao.policy.texts import Entry, Map
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words

SET_KEYS = ("label", "basis", "source", "legal_basis", "in_force", "appeal", "colours", "rest")
COLOUR_KEYS = ("label", "places")
REST_KEYS = ("colour", "label")


@dataclass(frozen=True)
class Colour:
    """One colour and the places of the standing that have it; of the rest none."""

    name: str
    label: Words
    places: tuple[str, ...]


@dataclass(frozen=True)
class CodeSet:
    """The colours of one local code. rest: of everybody without a restriction at one of these places."""

    name: str
    label: Words
    basis: tuple[str, ...]
    source: Source
    legal_basis: LegalBasis
    in_force_from: date
    in_force_until: date | None
    appeal: str
    colours: tuple[Colour, ...]
    rest: Colour

    def in_force(self, day: date) -> bool:
        """Whether it was used on a day."""
        return self.in_force_from <= day and (self.in_force_until is None or day < self.in_force_until)


def read_code_set(name: str, found: list[Entry], context: Context) -> CodeSet | None:
    """The set of that name; None when it cannot stand."""
    entry = found[-1]
    what = Words(f"码规则“{name}”", f'the set of colours "{name}"')
    whole = Fields(entry.value, what, context.problems, SET_KEYS, SET_KEYS, at=entry.key)
    if not isinstance(entry.value, Map):
        return None
    window = read_window(entry.value, entry.key, context)
    label, legal_basis = whole.words("label"), legal_basis_of(whole, what, context)
    source = context.source(whole, what)
    basis = tuple(order_of(item, context) for item in whole.many("basis"))
    appeal = whole.choice("appeal", CODE_LISTS["office_tasks"].names())
    colours, rest = _colours(whole, context), _rest(whole, context)
    if label is None or legal_basis is None or source is None or window is None:
        return None
    if appeal is None or rest is None:
        return None
    return CodeSet(
        name=name,
        label=label,
        basis=tuple(order for order in basis if order),
        source=source,
        legal_basis=legal_basis,
        in_force_from=window.since,
        in_force_until=window.until,
        appeal=appeal,
        colours=colours,
        rest=rest,
    )


def _colours(whole: Fields, context: Context) -> tuple[Colour, ...]:
    item = whole.sub("colours")
    known = CODE_LISTS["restriction_places"].names()
    taken: dict[str, str] = {}
    found: list[Colour] = []
    for name, entry in ({} if item is None else item.entries).items():
        what = Words(f"颜色“{name}”", f'the colour "{name}"')
        fields = Fields(entry.value, what, context.problems, COLOUR_KEYS, COLOUR_KEYS, at=entry.key)
        label, places = fields.words("label"), []
        for one in fields.many("places"):
            scalar = one_word(one, "places", context.problems)
            place = None if scalar is None else chosen(scalar, known, context.problems, "place")
            if scalar is None or place is None:
                continue
            if place in taken:
                context.problems.add(
                    "code",
                    scalar,
                    Words(
                        f"“{place}”已是{taken[place]}，一处只能有一种颜色",
                        f'"{place}" is {taken[place]} already; a place has one colour',
                    ),
                    found=place,
                )
            taken[place] = name
            places.append(place)
        if label is not None:
            found.append(Colour(name, label, tuple(places)))
    return tuple(found)


def _rest(whole: Fields, context: Context) -> Colour | None:
    item = whole.item("rest")
    if item is None:
        return None
    what = Words("“rest”", '"rest"')
    fields = Fields(item, what, context.problems, REST_KEYS, REST_KEYS, at=whole.key("rest"))
    name, label = fields.text("colour"), fields.words("label")
    return None if name is None or label is None else Colour(name, label, ())


def say_codes(one: CodeSet, language: str, sources: Mapping[str, Words]) -> str:
    """The set as a notice."""
    from sizao.policy.aloud import say_source

    places, zh = CODE_LISTS["restriction_places"], language == "zh"
    lines = [one.label.get(language)]
    for colour in one.colours:
        where = ("、" if zh else ", ").join(places.label_of(place).get(language) for place in colour.places)
        lines.append(
            f"{colour.label.zh}：管控方式为{where}，到该管控结束为止。"
            if zh
            else f"{colour.label.en}: whoever is restricted to: {where}; until that restriction ends."
        )
    lines.append(f"其余为{one.rest.label.zh}。" if zh else f"Everybody else: {one.rest.label.en}.")
    appeal = CODE_LISTS["office_tasks"].label_of(one.appeal).get(language)
    cited, law = say_source(one.source, language, sources), one.legal_basis.words.get(language)
    if zh:
        lines.append(
            f"不服的，可向{appeal}申诉。依据：{cited}；法律依据：{law}（标记{one.legal_basis.mark}）。"
        )
    else:
        lines.append(f"Appeal: {appeal}. Source: {cited}; legal basis: {law} (mark {one.legal_basis.mark}).")
    return "\n".join(lines)
