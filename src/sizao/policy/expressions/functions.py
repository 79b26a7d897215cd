"""The functions that an expression may call: types, wording, and which tables a look-up reads by which key.

A function is either a scalar of its arguments or a look-up. What a look-up reads is declared here and nowhere
else: derive finds from these declarations which subjects a changed row can affect.
Meanings: docs/explanation/semantics.md, section 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sizao.facts.declaration import Words
from sizao.policy.expressions.tree import Type


@dataclass(frozen=True)
class Argument:
    """What one argument must be. type None: any type, the same for every argument without one."""

    name: str
    type: Type | None
    of: str | None = None  # what an ID must name: person, place, sample
    codes: str | None = None  # code list of a CODE
    written: bool = False  # the name of a parameter, or written out: never a column


@dataclass(frozen=True)
class Read:
    """Rows of `table` whose `key` is the argument number `by` (from 0), or what `through` leads to.

    through: "stays.located_in" = the areas of the stays read with it, their ancestors and descendants.
    first, last: numbers of the arguments that bound the days looked at; None: no bound on that side.
    """

    table: str  # a fact or a reading
    key: str
    by: int
    through: str | None = None
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Function:
    """One function. `said` has {0}, {1} ... for the arguments."""

    name: str
    arguments: tuple[Argument, ...]
    result: Type | None  # None: the type of the arguments without a type
    said: Words
    codes: str | None = None  # code list of a CODE result
    reads: tuple[Read, ...] = ()
    ignores_missing: bool = False  # True: a missing argument does not make the result missing

    @property
    def is_lookup(self) -> bool:
        """True when it reads tables beside the row the expression is about."""
        return bool(self.reads)


_PERSON = Argument("person", Type.ID, of="person")
_STAYS = Argument("stays", Type.STAYS)
_FIRST = Argument("from", Type.DATE)
_LAST = Argument("to", Type.DATE)
_DAY = Argument("day", Type.DATE)

_NAMED = Argument("named", Type.TEXT, written=True)

_STAYS_IN_GRADED_AREAS = (
    Read("stays", "person", by=0, first=1, last=2),
    Read("area_grades", "graded", by=0, through="stays.located_in", first=1, last=2),
)

_SCALARS = (
    Function(
        "add_days",
        (_DAY, Argument("days", Type.DAYS)),
        Type.DATE,
        Words("{0}加{1}", "{0} plus {1}"),
    ),
    Function(
        "days_between",
        (Argument("first", Type.DATE), Argument("second", Type.DATE)),
        Type.DAYS,
        Words("从{0}到{1}的天数", "the number of days from {0} to {1}"),
    ),
    Function(
        "earlier",
        (Argument("first", Type.DATE), Argument("second", Type.DATE)),
        Type.DATE,
        Words("{0}与{1}中较早的一天", "the earlier of {0} and {1}"),
        ignores_missing=True,
    ),
    Function(
        "later",
        (Argument("first", Type.DATE), Argument("second", Type.DATE)),
        Type.DATE,
        Words("{0}与{1}中较晚的一天", "the later of {0} and {1}"),
        ignores_missing=True,
    ),
    Function(
        "earliest",
        (Argument("date", Type.IMPRECISE),),
        Type.DATE,
        Words("{0}最早可能的一天", "the earliest possible day of {0}"),
    ),
    Function(
        "latest_day",
        (Argument("date", Type.IMPRECISE),),
        Type.DATE,
        Words("{0}最晚可能的一天", "the latest possible day of {0}"),
    ),
    Function(
        "day_of",
        (Argument("instant", Type.INSTANT),),
        Type.DATE,
        Words("{0}当日", "the day of {0}"),
    ),
    Function(
        "start_of",
        (_DAY,),
        Type.INSTANT,
        Words("{0}零时", "00:00 on {0}"),
    ),
    Function(
        "is_within",
        (Argument("inner", Type.AREA), Argument("outer", Type.AREA)),
        Type.BOOL,
        Words("{0}在{1}范围内", "{0} lies within {1}"),
    ),
    Function(
        "is_in",
        (Argument("area", Type.AREA), _NAMED),
        Type.BOOL,
        Words("{0}在{1}之内", "{0} lies in one of {1}"),
    ),
    Function(
        "if_missing",
        (Argument("value", None), Argument("instead", None)),
        None,
        Words("{0}（没有记录的按“{1}”算）", "{0} (taken as {1} when nothing is recorded)"),
        ignores_missing=True,
    ),
)

_LOOKUPS = (
    Function(
        "stays_of",
        (_PERSON,),
        Type.STAYS,
        Words("{0}的旅居史", "the stays of {0}"),
        reads=(Read("stays", "person", by=0),),
    ),
    Function(
        "worst_grade",
        (_STAYS, _FIRST, _LAST),
        Type.CODE,
        Words(
            "{0}（{1}至{2}）所涉地区的最高风险等级",
            "the highest risk grade of the areas in {0} from {1} to {2}",
        ),
        codes="grades",
        reads=_STAYS_IN_GRADED_AREAS,
    ),
    Function(
        "last_day_graded",
        (
            _STAYS,
            Argument("grade", Type.CODE, codes="grades"),
            _FIRST,
            _LAST,
        ),
        Type.DATE,
        Words(
            "{0}中（{2}至{3}）最后一次身处{1}及以上风险等级地区的日期",
            "the last day from {2} to {3} on which {0} include an area graded {1} or higher",
        ),
        reads=(
            Read("stays", "person", by=0, first=2, last=3),
            Read("area_grades", "graded", by=0, through="stays.located_in", first=2, last=3),
        ),
    ),
    Function(
        "last_day_at",
        (_STAYS, _NAMED, _FIRST, _LAST),
        Type.DATE,
        Words(
            "{0}中（{2}至{3}）最后一次身处{1}的日期",
            "the last day from {2} to {3} on which {0} include one of {1}",
        ),
        reads=(Read("stays", "person", by=0, first=2, last=3),),
    ),
    Function(
        "grade_of",
        (Argument("area", Type.AREA), _DAY),
        Type.CODE,
        Words("{0}在{1}的风险等级", "the risk grade of {0} on {1}"),
        codes="grades",
        reads=(Read("area_grades", "graded", by=0, first=1, last=1),),
    ),
    Function(
        "negative_tests",
        (_PERSON, _FIRST, _LAST),
        Type.NUMBER,
        Words(
            "{0}在{1}至{2}采样且结果为阴性的检测次数", "the number of negative tests of {0} from {1} to {2}"
        ),
        reads=(Read("tests", "person", by=0, first=1, last=2),),
    ),
    Function(
        "result_of",
        (Argument("sample", Type.ID, of="sample"),),
        Type.CODE,
        Words("{0}的检测结果", "the result of {0}"),
        codes="test_results",
        reads=(Read("results", "sample", by=0),),
    ),
    Function(
        "members_of",
        (Argument("sample", Type.ID, of="sample"),),
        Type.NUMBER,
        Words("{0}的混样人数", "the number of people in {0}"),
        reads=(Read("sample_members", "sample", by=0),),
    ),
    Function(
        "classification_of",
        (_PERSON, _DAY),
        Type.CODE,
        Words("{0}截至{1}的病例分类", "the case class of {0} as of {1}"),
        codes="case_classes",
        reads=(Read("classifications", "person", by=0, last=1),),
    ),
    Function(
        "discharge_of",
        (_PERSON, _DAY),
        Type.CODE,
        Words(
            "{0}截至{1}的出院结局（其后又入院的不算）",
            "the outcome of the discharge of {0}, not admitted again by {1}",
        ),
        codes="discharge_outcomes",
        reads=(Read("discharges", "person", by=0, last=1), Read("admissions", "person", by=0, last=1)),
    ),
    Function(
        "occupation_of",
        (_PERSON, _DAY),
        Type.CODE,
        Words("{0}在{1}的职业", "the occupation of {0} on {1}"),
        codes="occupations",
        reads=(Read("occupations", "person", by=0, first=1, last=1),),
    ),
    Function(
        "place_kind",
        (Argument("place", Type.ID, of="place"),),
        Type.CODE,
        Words("{0}的类别", "the kind of {0}"),
        codes="place_kinds",
        reads=(Read("places", "place", by=0),),
    ),
    Function(
        "place_level",
        (Argument("place", Type.ID, of="place"),),
        Type.CODE,
        Words("{0}的医院等级", "the hospital level of {0}"),
        codes="hospital_levels",
        reads=(Read("places", "place", by=0),),
    ),
)

FUNCTIONS: Mapping[str, Function] = {function.name: function for function in _SCALARS + _LOOKUPS}
