"""What cannot be true is not written: by the dated rules of `sizao.policy.plausibility`, and by the form that
the installation states for the numbers of its tubes.

Asked of every row on its way into the records, whoever gives it: a page, a machine, a file. Only what a row
says by itself is looked at: nobody is told by a refusal what another office recorded.
"""

from __future__ import annotations

import pyarrow as pa
from django.conf import settings

from sizao.policy.plausibility import Finding, judge, nothing_known, rules_of
from sizao.terms.words import Words
from sizao_web.records.tube_numbers import unlike

DO = Words(
    "核对后改正再提交；确实如此的请联系疾控中心",
    "Compare with the source and mend it; where it is so, tell the centre for disease control",
)


def impossible(fact: str, rows: pa.Table) -> list[Finding]:
    """The findings by which rows of a fact are refused. rows: whole (`facts.completion.complete`)."""
    refusing = [one for one in rules_of(fact) if one.outcome == "refuse"]
    return [*judge(refusing, rows, nothing_known, settings.SIZAO.zone), *unlike(fact, rows)]


def words_of(finding: Finding) -> Words:
    """What the row should be, and what to do."""
    words = finding.words
    return Words(f"{words.zh}{DO.zh}。", f"{words.en} {DO.en}.")
