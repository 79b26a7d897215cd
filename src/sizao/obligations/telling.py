"""Facts and their values as sentences, Chinese and English: ids are named, nothing else about a person is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sizao.facts.declaration import Column, ColumnType
from sizao.facts.readings import fact_or_reading
from sizao.obligations.recorded import Row
from sizao.terms.codes import CODE_LISTS
from sizao.terms.wording import say_date, say_instant
from sizao.terms.words import Words

_NAMED = {
    "person": Words("人员{0}", "person {0}"),
    "place": Words("场所{0}", "place {0}"),
    "office": Words("机构{0}", "office {0}"),
    "household": Words("家庭{0}", "household {0}"),
    "sample": Words("样本{0}", "sample {0}"),
    "case": Words("病例{0}", "case {0}"),
}

_PLACES = frozenset({"place", "office", "subject"})  # what a place may stand for: it acts for itself, too

# Sentences for the facts that stories are mostly made of. Parts are divided by "|"; a part is left out
# when a column that it names in {braces} is empty, and a part that begins with ~column~ stands only when
# that column is empty.
SENTENCES = {
    "arrivals": Words(
        "{person}于{arrived_on}抵达|，来自{origin}|，来自境外（{origin_country}）|，乘{conveyance}| "
        "{conveyance_number}|（{declared}）",
        "{person} arrived on {arrived_on}| from {origin}| from abroad ({origin_country})| by "
        "{conveyance}| {conveyance_number}| ({declared})",
    ),
    "people": Words(
        "{person}|，{sex}|，{birth_year}年出生",
        "{person}|, {sex}|, born {birth_year}",
    ),
    "households": Words(
        "{person}自{from_on}起为{household}成员|，至{until_on}止",
        "{person} has belonged to {household} since {from_on}|, until {until_on}",
    ),
    "stays": Words(
        "{person}自{from_on}起在{located_in}停留|，{until_on}离开|~until_on~，未记录离开",
        "{person} stayed in {located_in} from {from_on}| and left on {until_on}|~until_on~; no "
        "departure is recorded",
    ),
    "residences": Words(
        "{person}自{from_on}起居住在{located_in}|，至{until_on}止",
        "{person} has lived in {located_in} since {from_on}|, until {until_on}",
    ),
    "occupations": Words(
        "{person}自{from_on}起从事{occupation}|，用人单位{employer}|，至{until_on}止",
        "{person} has worked as {occupation} since {from_on}| for {employer}|, until {until_on}",
    ),
    "area_grades": Words(
        "{graded}自{from_on}起定为{grade}|，至{until_on}止|，由{announced_by}公布",
        "{graded} was graded {grade} from {from_on}| until {until_on}|, announced by {announced_by}",
    ),
    "classifications": Words(
        "{person}（{case}）于{classified_on}判定为{class}|，发病日期{onset}|，感染来源：{origin}|，"
        "发现途径：{found_by}",
        "{person} ({case}) was classified as {class} on {classified_on}|, onset {onset}|, origin: "
        "{origin}|, how found: {found_by}",
    ),
    "exposures": Words(
        "{person}与{case_person}（{case}）于{first_on}至{last_on}有接触|，接触方式：{kind}",
        "{person} was in contact with {case_person} ({case}) from {first_on} to {last_on}| (kind of "
        "contact: {kind})",
    ),
    "designations": Words(
        "{person}于{designated_on}判定为{case_person}（{case}）的{class}，末次暴露{last_exposed_on}|，"
        "依据常设指令{instruction}",
        "{person} was designated on {designated_on} a contact ({class}) of {case_person} ({case}), "
        "last exposed on "
        "{last_exposed_on}|, under standing instruction {instruction}",
    ),
    "dependants": Words(
        "{person}自{from_on}起照料{dependant}（{kind}）|，至{until_on}止",
        "{person} has cared for {dependant} ({kind}) since {from_on}|, until {until_on}",
    ),
    "carers": Words(
        "{from_at}请{carer}照护{person}：{answer}|，至{until_at}止",
        "{carer} was asked at {from_at} to care for {person}: {answer}|, until {until_at}",
    ),
    "closed_loop_stays": Words(
        "{person}自{from_at}起在{place}闭环值守（{post}）|，{until_at}出闭环|（{left_for}）",
        "{person} has worked in the closed loop of {place} ({post}) since {from_at}|, came out at {until_at}|"
        " ({left_for})",
    ),
    "orders": Words(
        "{person}经决定书{order}（依据规则{ground_rule}）自{from_on}起{place}|，至{until_on}止|，可向{appeal_to}申诉",
        "{person} was ordered into {place} from {from_on}| until {until_on}| (order {order}, by rule "
        "{ground_rule}; appeals to {appeal_to})",
    ),
    "releases": Words(
        "{person}于{released_at}解除管控|（决定书{order}）",
        "{person} was released at {released_at}| (order {order})",
    ),
    "hand_overs": Words(
        "{from_office}于{offered_at}提出将{person}移交{to_office}（{hand_over}）",
        "{from_office} offered at {offered_at} to hand {person} over to {to_office} ({hand_over})",
    ),
    "hand_over_acceptances": Words(
        "{accepted_office}于{accepted_at}接收{person}（{hand_over}）",
        "{accepted_office} took {person} over at {accepted_at} ({hand_over})",
    ),
    "inspections": Words(
        "{by}于{inspected_at}检查{place}（{inspection}）",
        "{place} was inspected at {inspected_at} by {by} ({inspection})",
    ),
    "findings": Words(
        "检查{inspection}于{found_at}在{place}发现{severity}问题（{finding}）",
        "inspection {inspection} found something {severity} at {place} at {found_at} ({finding})",
    ),
    "rectifications": Words(
        "{place}的问题{finding}于{rectified_at}整改|，{rechecked_at}复查",
        "finding {finding} at {place} was put right at {rectified_at}| and checked again at {rechecked_at}",
    ),
    "referrals": Words(
        "{person}于{referred_at}由{from_place}转往{to_place}|，{arrived_at}到达",
        "{person} was sent from {from_place} to {to_place} at {referred_at}| and arrived at {arrived_at}",
    ),
    "room_stays": Words(
        "{person}自{from_at}在{place}（{kind}）|，{until_at}离开|~until_at~，目前仍在",
        "{person} was at {place} ({kind}) from {from_at}| until {until_at}|~until_at~ and is still there",
    ),
    "health_checks": Words(
        "{person}于{checked_at}接受健康监测|，体温{temperature}℃|，有症状：{symptoms}",
        "{person} was checked at {checked_at}|, temperature {temperature} °C|, symptoms: {symptoms}",
    ),
    "tests": Words(
        "{person}于{taken_at}采样（{sample}，同管{members}人），结果{result}|，{resulted_at}出具",
        "{person} was sampled at {taken_at} ({sample}, {members} in the tube), result {result}| at "
        "{resulted_at}",
    ),
    "samplings": Words(
        "{person}于{taken_at}采样（{sample}）", "{person} was sampled at {taken_at} ({sample})"
    ),
    "sample_members": Words("{person}在{sample}中", "{person} is in {sample}"),
    "samples": Words("{sample}于{taken_at}采集（{kind}）", "{sample} was taken at {taken_at} ({kind})"),
    "results": Words(
        "{sample}结果{result}，{resulted_at}出具", "{sample} was {result}, resulted at {resulted_at}"
    ),
    "institution_reports": Words(
        "{place}于{reported_at}报告{for_on}情况（{duty}）：|在岗（校）{present}人，|缺勤{absent}人，发热{feverish}人",
        "{place} reported at {reported_at} for {for_on} ({duty}): |{present} present, |{absent} absent, "
        "{feverish} feverish",
    ),
    "enrolments": Words(
        "{place}自{from_on}起承担{duty}（{operating}）|，至{until_on}止",
        "{place} has owed {duty} since {from_on} ({operating})|, until {until_on}",
    ),
    "admissions": Words(
        "{person}于{admitted_at}入住{place}（{admitted_for}）",
        "{person} was admitted to {place} at {admitted_at} ({admitted_for})",
    ),
    "escorts": Words(
        "{person}自{from_at}起在{place}{kind}{patient}|，{until_at}离开",
        "{person} has been with {patient} at {place} ({kind}) since {from_at}|, left at {until_at}",
    ),
    "discharges": Words(
        "{person}于{discharged_at}从{place}出院（{outcome}）",
        "{person} was discharged from {place} at {discharged_at} ({outcome})",
    ),
    "deaths": Words("{person}于{died_on}死亡", "{person} died on {died_on}"),
    "visits": Words(
        "{visited_at}走访{person}（{purpose}）|，由{by}|，结果：{findings}",
        "{person} was visited at {visited_at} ({purpose})| by {by}|, found: {findings}",
    ),
    "case_reports": Words(
        "{case}（{person}）于{reported_at}报告，途径：{channel}",
        "{case} ({person}) was reported at {reported_at} by {channel}",
    ),
    "investigations": Words(
        "{case}（{person}）的{kind}调查于{finished_at}完成",
        "the {kind} investigation of {case} ({person}) was finished at {finished_at}",
    ),
    "encounters": Words(
        "{person}于{seen_at}在{place}就诊（{kind}）|，体温{temperature}℃",
        "{person} was seen at {place} at {seen_at} ({kind})|, temperature {temperature} °C",
    ),
    "waivers": Words(
        "豁免：自{from_at}至{until_at}，理由{ground}，{decided_by}（{decided_office}）决定|，"
        "{approved_by}|（{approved_office}）复核",
        "waiver from {from_at} until {until_at}, ground {ground}, decided by {decided_by} of "
        "{decided_office}|, "
        "approved by {approved_by}| of {approved_office}",
    ),
}


RANGE = re.compile(r"(?P<from>from )?\{(?P<first>\w+_on)\}(?: to |至)\{(?P<last>\w+_on)\}")


def _without_name(place: str) -> Words | None:
    return None


@dataclass(frozen=True)
class Teller:
    """Says facts in one language and one zone. areas: path -> its label; codes: code lists of the pack,
    for grounds; place_name: what a place is called by its record, None where that says nothing."""

    language: str
    zone: str
    areas: Mapping[str, Words]
    grounds: Mapping[str, Words]
    place_name: Callable[[str], Words | None] = _without_name

    def say(self, zh: str, en: str) -> str:
        """The words in the language of the story."""
        return zh if self.language == "zh" else en

    def area(self, path: str | None) -> str:
        """An area by its label, with its path, or by its path alone."""
        if path is None:
            return self.say("（无区域）", "(no area)")
        label = self.areas.get(path)
        return path if label is None else self.say(f"{label.zh}（{path}）", f"{label.en} ({path})")

    def on(self, day: date) -> str:
        """A day in words."""
        return say_date(day, self.language)

    def at(self, instant: datetime) -> str:
        """An instant in words, in the zone."""
        return say_instant(instant, self.zone, self.language)

    def code(self, codes: str | None, value: str) -> str:
        """The label of a code; the code itself where its list does not know it."""
        if codes == "waiver_grounds" and value in self.grounds:
            return self.grounds[value].get(self.language)
        known = CODE_LISTS.get(codes or "")
        if known is None or value not in known.names():
            return value
        return known.label_of(value).get(self.language)

    def named(self, kind: str | None, name: str) -> str:
        """An id with what it names: person p1; a place by its name, with its id, where it has one."""
        called = self.called(name) if kind in _PLACES else name
        words = _NAMED.get(kind or "")
        return called if words is None or called != name else words.get(self.language).format(name)

    def called(self, name: str) -> str:
        """The id of a place behind its name; any other id, or that of a place without a name, alone."""
        label = self.place_name(name)
        return name if label is None else self.say(f"{label.zh}（{name}）", f"{label.en} ({name})")

    def value(self, column: Column, value: Any) -> str:
        """A value of a column in words."""
        match column.type:
            case ColumnType.CODE:
                return self.code(column.codes, value)
            case ColumnType.AREA:
                return self.area(value)
            case ColumnType.DATE:
                return self.on(value)
            case ColumnType.INSTANT:
                return self.at(value)
            case ColumnType.FLAG:
                return self.say("是", "yes") if value else self.say("否", "no")
            case ColumnType.ID:
                return self.named(column.of, value)
            case ColumnType.IMPRECISE_DATE:
                return self.interval(*value)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def interval(self, earliest: date, latest: date) -> str:
        """An imprecise date: the day, or the first and last possible one."""
        last = latest - timedelta(days=1)
        if last <= earliest:
            return self.on(earliest)
        return self.say(
            f"{self.on(earliest)}至{self.on(last)}之间某日",
            f"some day from {self.on(earliest)} to {self.on(last)}",
        )

    def fact(self, row: Row) -> str:
        """What a row says, as one sentence without its full stop."""
        said = self._said(row)
        words = SENTENCES.get(row.fact)
        if words is None:
            return self._listed(row, said)
        sentence = _on_one_day(words.get(self.language), said)
        parts = [_part(part, said) for part in sentence.split("|")]
        return capital("".join(parts))

    def source(self, row: Row) -> str:
        """Since when it is known, where it was recorded, from which source, and its marks."""
        first = self.at(row.first_known_at)
        values = row.values
        where, system, record = self.area(values["area"]), values["source_system"], values["source_record"]
        text = self.say(
            f"{first}知悉；记录于{where}；来源{system}，记录{record}",
            f"known {first}; recorded in {where}; source {system}, record {record}",
        )
        if row.links > 1:
            version = values["source_version"]
            text += self.say(f"，已更正，现为第{version}版", f", corrected, now version {version}")
        for mark in row.marks:
            text += self.say("；", "; ") + MARKS[mark].get(self.language)
        return text

    def _said(self, row: Row) -> dict[str, str | None]:
        said: dict[str, str | None] = {}
        for column in fact_or_reading(row.fact).columns:
            if column.type is ColumnType.IMPRECISE_DATE:
                first = row.values.get(f"{column.name}_earliest")
                value = None if first is None else (first, row.values[f"{column.name}_latest"])
            else:
                value = row.values.get(column.name)
            said[column.name] = None if value is None else self.value(column, value)
        return said

    def _listed(self, row: Row, said: Mapping[str, str | None]) -> str:
        declared = fact_or_reading(row.fact)
        meaning = re.split(r"[:：]", declared.meaning.get(self.language))[0]
        parts = [
            f"{column.meaning.get(self.language)} {said[column.name]}"
            for column in declared.columns
            if said[column.name] is not None
        ]
        return f"{meaning}{self.say('：', ': ')}{self.say('，', ', ').join(parts)}"


MARKS = {
    "imprecise": Words("所用日期只知道一个范围", "a date that was used is known only as an interval"),
    "derived": Words(
        "有的值按既定办法赋予，并非直接观察", "a value was assigned by a stated procedure, not observed"
    ),
    "history": Words(
        "何时知悉由来源给出，不是本系统记录",
        "when it became known is what the source says, not what this system saw",
    ),
}


def _on_one_day(sentence: str, said: Mapping[str, str | None]) -> str:
    """The sentence with "from … to …" as one day where both are the same."""

    def day(found: re.Match[str]) -> str:
        first, last = found["first"], found["last"]
        if said.get(first) != said.get(last):
            return found[0]
        return f"on {{{first}}}" if found["from"] else f"{{{first}}}"

    return RANGE.sub(day, sentence)


def _part(part: str, said: Mapping[str, str | None]) -> str:
    if part.startswith("~"):
        _, column, words = part.split("~", 2)
        return words if said[column] is None else ""
    if any(said[name] is None for name in re.findall(r"{(\w+)}", part)):
        return ""
    return part.format(**said)


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]
