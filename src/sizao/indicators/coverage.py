"""Coverage: how much of what was due has been done (应检尽检), and who is in place now (应隔尽隔)."""

from __future__ import annotations

from collections.abc import Sequence

from sizao.facts.declaration import Words
from sizao.indicators.definition import Frame, Indicator, share_of, stated, suppressed, within
from sizao.obligations.known import believed, hex_of, spells_of
from sizao.policy.model import Policy
from sizao.terms.queries import Query, SqlStep, literal

TESTED = Indicator(
    name="tested_of_due",
    label=Words("应检尽检率", "tested of those due for testing"),
    counts=Words("检测任务（步）", "testing steps"),
    numerator=Words("统计期内到期、已按时检测", "due in the window, tested before due"),
    denominator=Words("统计期内到期、未获豁免", "due in the window and by the moment asked, not waived"),
    exclusions=Words(
        "豁免的、发现过晚而未设立的另列", "waived ones and those found too late are listed beside it"
    ),
    orders=("D1-48", "D2-35"),
)
IN_PLACE = Indicator(
    name="in_place_of_live",
    label=Words("应隔尽隔率", "in place of those who must be"),
    counts=Words("正在执行的限制（行）", "live restriction spans"),
    numerator=Words("此刻在位", "in place at the moment asked"),
    denominator=Words("此刻应在位、未获豁免", "live at the moment asked, not waived"),
    exclusions=Words("豁免的另列", "waived ones are listed beside it"),
    orders=("D1-16", "D1-17", "D1-18", "D2-36"),
)
COVERAGE = Indicator(
    name="done_of_due",
    label=Words("按时完成率", "done of what was due"),
    counts=Words("任务（步）", "steps"),
    numerator=Words("统计期内到期、已按时完成", "due in the window, proved before due"),
    denominator=Words("统计期内到期、未获豁免", "due in the window and by the moment asked, not waived"),
    exclusions=Words(
        "豁免的、发现过晚而未设立的另列", "waived ones and those found too late are listed beside it"
    ),
    orders=("D2-80",),
)
REPORTED = Indicator(
    name="reported_of_expected",
    label=Words("报告及时完整率", "reports received on time of those expected"),
    counts=Words("应报（单位·期）", "expected reports (place and period)"),
    numerator=Words("统计期内到期、按时收到", "due in the window, received on time"),
    denominator=Words("统计期内到期、未获豁免", "due in the window and by the moment asked, not waived"),
    exclusions=Words(
        "停业期间不设任务；零报告计入收到", "closed days owe no report; a zero report counts as received"
    ),
    orders=("D1-34",),
)

GROUPS = ("rule", "verb", "sector", "done_by", "area", "about_kind")
INSTITUTION_REPORTS = "institution_reports"
SAMPLINGS = frozenset({"tests", "samplings"})


def due_tests_done(policy: Policy, frame: Frame, *, by: Sequence[str] = ()) -> Query:
    """应检尽检率: steps proved by tests or samplings. One row per group of `by` (columns of the
    obligations)."""
    return _done(TESTED, counted_steps(policy, SAMPLINGS), frame, by)


def due_steps_done(policy: Policy, frame: Frame, *, by: Sequence[str] = ("rule", "verb")) -> Query:
    """Coverage of every point step of the policy: met / (due − waived). One row per group of `by`."""
    return _done(COVERAGE, counted_steps(policy, None), frame, by)


def expected_reports_received(policy: Policy, frame: Frame, *, by: Sequence[str] = ("rule",)) -> Query:
    """Completeness of institutions' reports: expected, on time, late, and how many of those received are
    zero reports."""
    zero = f"""
SELECT {literal(INSTITUTION_REPORTS + ":")} || {hex_of("key_hi", "key_lo")} AS report
FROM {believed(INSTITUTION_REPORTS, frame.known_by)} WHERE absent = 0 AND feverish = 0"""
    expected = _done(REPORTED, counted_steps(policy, frozenset({INSTITUTION_REPORTS})), frame, by)
    zeros = (
        spells_of(INSTITUTION_REPORTS),
        SqlStep("zero_reports", zero, "reports that say: nobody absent, nobody feverish"),
    )
    return Query(
        steps=(*zeros, *expected.steps),
        inputs=(*expected.inputs, INSTITUTION_REPORTS),
        results=expected.results,
    )


def live_spans_in_place(frame: Frame, *, by: Sequence[str] = ()) -> Query:
    """应隔尽隔率: live restriction spans that are in place now; the window plays no part. One row per group
    of
    `by`."""
    live = f"restricts AND opens_at <= {literal(frame.as_of)} AND {literal(frame.as_of)} < closes_at"
    counted = f"""
SELECT {_columns(by)} CAST(count(*) FILTER (WHERE status <> 'waived' AND in_place) AS BIGINT) AS numerator,
       CAST(count(*) FILTER (WHERE status <> 'waived') AS BIGINT) AS denominator,
       CAST(count(*) FILTER (WHERE status = 'waived') AS BIGINT) AS waived,
       CAST(count(DISTINCT about) FILTER (WHERE status <> 'waived') AS BIGINT) AS persons
FROM obligations WHERE {live} AND {within("area", frame.area)} {_grouping(by)}"""
    steps = (
        SqlStep("indicator_counted", counted, "live restriction spans and those in place"),
        _figures(IN_PLACE, frame, by, ("waived", "persons")),
    )
    return Query(steps=steps, inputs=("obligations",), results={"indicator": "indicator_figures"})


def proved_by(policy: Policy, readings: frozenset[str] | None) -> dict[tuple[str, str], tuple[str, str, str]]:
    """(rule, step) of the point steps, escalations among them, that one of `readings` proves (None: all).

    Each with its verb, sector and kind of subject: the later text's where texts differ.
    """
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for version in policy.versions():
        for step in version.steps:
            duties = [(step.name, step.verb, step.proof)]
            if step.escalation is not None:
                verb = step.escalation.verb
                duties.append((f"{step.name}!{verb.name}", verb, step.escalation.proof))
            for name, verb, proof in duties:
                if not verb.span and (readings is None or proof.reading in readings):
                    found[version.rule, name] = (verb.name, version.sector, verb.about_kind)
    return found


def counted_steps(policy: Policy, readings: frozenset[str] | None) -> SqlStep:
    """Step `counted_steps`: what `proved_by` answers, one row per (rule, step)."""
    rows = [
        "(" + ", ".join(literal(value) for value in (*key, *values)) + ")"
        for key, values in sorted(proved_by(policy, readings).items())
    ] or ["('', '', '', '', '')"]
    return SqlStep(
        "counted_steps",
        f"SELECT * FROM (VALUES {', '.join(rows)}) AS steps(rule, step, verb, sector, about_kind) "
        "WHERE rule <> ''",
        "the steps that this indicator counts",
    )


def _done(indicator: Indicator, counted: SqlStep, frame: Frame, by: Sequence[str]) -> Query:
    reports = indicator is REPORTED
    due = (
        f"due_at >= {literal(frame.window_from)} AND due_at < {literal(frame.window_until)} "
        f"AND due_at <= {literal(frame.as_of)} AND {within('area', frame.area)}"
    )
    zero = "met_by IN (SELECT report FROM zero_reports)" if reports else "FALSE"
    rows = f"""
SELECT o.rule, o.verb, o.sector, o.done_by, o.area, o.about_kind, o.status, {zero} AS zero
FROM obligations AS o JOIN counted_steps AS c ON c.rule = o.rule AND c.step = o.step WHERE {due}
UNION ALL
SELECT l.rule, c.verb, c.sector, CAST(NULL AS VARCHAR), l.area, c.about_kind, 'found_too_late', FALSE
FROM too_late AS l JOIN counted_steps AS c ON c.rule = l.rule AND c.step = l.step WHERE kind = 'skipped'
  AND {due}"""
    sums = f"""
SELECT {_columns(by)} {_number("status = 'met'")} AS numerator,
       {_number("status NOT IN ('waived', 'found_too_late')")} AS denominator,
       {_number("status = 'met_late'")} AS late, {_number("status = 'waived'")} AS waived,
       {_number("status = 'found_too_late'")} AS found_too_late, {_number("zero")} AS zero_reports
FROM indicator_rows {_grouping(by)}"""
    beside = ("late", "waived", "found_too_late", *(["zero_reports"] if reports else []))
    steps = (
        counted,
        SqlStep("indicator_rows", rows, "steps due in the window, and those found too late"),
        SqlStep("indicator_counted", sums, "counted by group"),
        _figures(indicator, frame, by, beside),
    )
    return Query(steps=steps, inputs=("obligations", "too_late"), results={"indicator": "indicator_figures"})


def _number(condition: str) -> str:
    return f"CAST(count(*) FILTER (WHERE {condition}) AS BIGINT)"


def _columns(by: Sequence[str]) -> str:
    for column in by:
        if column not in GROUPS:
            raise ValueError(f"cannot group by {column!r}; group by any of {', '.join(GROUPS)}")
    return "".join(f"{column}, " for column in by)


def _grouping(by: Sequence[str]) -> str:
    return f"GROUP BY {', '.join(by)}" if by else ""


def _figures(indicator: Indicator, frame: Frame, by: Sequence[str], beside: Sequence[str]) -> SqlStep:
    hidden = suppressed(frame)
    # What stands beside a suppressed share would give it away (late + on time + waived), so it is left
    # out with it.
    others = ", ".join(f"CASE WHEN {hidden} THEN NULL ELSE {column} END AS {column}" for column in beside)
    return SqlStep(
        "indicator_figures",
        f"SELECT {_columns(by)} {share_of(frame)}, {others}, {stated(indicator.name, frame)} "
        "FROM indicator_counted",
        f"{indicator.label.en}, with both counts",
        materialize=False,
    )
