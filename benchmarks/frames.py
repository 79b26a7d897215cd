"""The peer in Polars: the thirty plain rules as lazy frames over the same Parquet files."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
from benchmarks.city import FIRST_DAY
from benchmarks.plain_rules import PlainRule, plain_rules

from sizao.terms.identifiers import text_key

_ZONE = timedelta(hours=8)
_GRADES = ("high", "medium", "low")


def obligations(folder: Path, as_of: datetime, known_by: datetime, digests: dict[str, str]) -> pl.DataFrame:
    """The obligations of the thirty rules, one row each; `digests` are the texts' hashes by rule."""

    def facts(name: str) -> pl.LazyFrame:
        return pl.scan_parquet(folder / f"{name}.parquet").filter(
            (pl.col("action") == "record") & (pl.col("known_at") <= known_by)
        )

    sources = {
        "arrivals": _graded_arrivals(facts("arrivals"), facts("stays"), facts("area_grades")),
        "occupations": facts("occupations"),
        "designations": facts("designations"),
        "discharges": facts("discharges"),
    }
    rows = pl.concat([_branch(rule, sources[rule.fact], digests[rule.name]) for rule in plain_rules()])
    rows = rows.collect(engine="streaming")
    taken = _taken(facts("sample_members"), facts("samples"), facts("results"), as_of)
    proofs = (
        rows.lazy()
        .select("id_hi", "id_lo", "about", "opens_at", "closes_at")
        .join(taken, left_on="about", right_on="person")
        .filter(
            (pl.col("taken_at") >= pl.col("opens_at"))
            & (pl.col("closes_at").is_null() | (pl.col("taken_at") < pl.col("closes_at")))
        )
        .group_by("id_hi", "id_lo")
        .agg(
            pl.struct(met_at="taken_at", met_hi="met_hi", met_lo="met_lo", met_known="met_known")
            .sort_by("taken_at", "met_hi", "met_lo")
            .first()
            .alias("first")
        )
        .unnest("first")
    )
    residences = facts("residences").select(about="person", located_in="located_in")
    offices = _offices(facts("areas"), facts("offices"))
    return (
        rows.lazy()
        .join(proofs, on=["id_hi", "id_lo"], how="left")
        .join(residences, on="about", how="left")
        .join(offices, left_on="located_in", right_on="path", how="left")
        .with_columns(
            status=_status(as_of),
            reported_late=(pl.col("met_known") > pl.col("due_at")).fill_null(False),
            area=pl.col("located_in").fill_null("city"),
        )
        .drop("located_in", "met_known")
        .collect(engine="streaming")
    )


def _graded_arrivals(arrivals: pl.LazyFrame, stays: pl.LazyFrame, grades: pl.LazyFrame) -> pl.LazyFrame:
    arrived, stayed, graded = pl.col("arrived_on"), pl.col("stay_from"), pl.col("grade_from")
    window = timedelta(days=14)
    stays = stays.select(
        "person", "located_in", stay_from="from_on", stay_until="until_on", stay_hi="key_hi", stay_lo="key_lo"
    )
    grades = grades.filter(pl.col("graded") != "city").select(
        located_in="graded",
        rank=pl.col("grade").replace_strict(_GRADES, [0, 1, 2], return_dtype=pl.Int8),
        grade_from="from_on",
        grade_until="until_on",
        grade_hi="key_hi",
        grade_lo="key_lo",
    )
    shared_first = pl.max_horizontal(arrived - window, stayed)
    shared_last = pl.min_horizontal(arrived, pl.col("stay_until") - timedelta(days=1))
    worst = ("rank", "grade_hi", "grade_lo", "stay_hi", "stay_lo")
    return (
        arrivals.join(stays, on="person")
        .filter((stayed <= arrived) & (pl.col("stay_until") > arrived - window))
        .join(grades, on="located_in")
        .filter((graded <= shared_last) & (pl.col("grade_until") > shared_first))
        .sort(worst)
        .unique(subset=["key_hi", "key_lo"], keep="first", maintain_order=True)
    )


def _branch(rule: PlainRule, source: pl.LazyFrame, digest: str) -> pl.LazyFrame:
    item_hi, item_lo = text_key(f"{rule.name}\x1ftest")
    occurrence = f"d{rule.day}" if rule.plan else "once"
    occurrence_hi, occurrence_lo = text_key(occurrence)
    event = {
        "arrivals": pl.col("arrived_on"),
        "occupations": pl.col("from_on"),
        "designations": pl.col("designated_on"),
        "discharges": (pl.col("discharged_at") + _ZONE).dt.date()
        if rule.fact == "discharges"
        else pl.lit(None),
    }[rule.fact]
    anchor = event if rule.anchor.startswith("day_of") else pl.col(rule.anchor)

    def midnight(days: pl.Expr) -> pl.Expr:
        return days.cast(pl.Datetime("us")) - _ZONE

    start = datetime.combine(FIRST_DAY, datetime.min.time()) - _ZONE
    due = midnight(anchor + timedelta(days=rule.day))
    if rule.plan:
        opens = pl.max_horizontal(midnight(anchor + timedelta(days=rule.day - 1)), pl.lit(start))
        closes = midnight(anchor + timedelta(days=rule.day + 2))
    else:
        opens = pl.max_horizontal(midnight(event), pl.col("known_at"))
        closes = pl.lit(None, dtype=pl.Datetime("us"))
    witnesses = {
        name: pl.col(name) if rule.fact == "arrivals" else pl.lit(None, dtype=pl.Int64)
        for name in ("grade_hi", "grade_lo", "stay_hi", "stay_lo")
    }
    return (
        source.filter((event >= date.fromisoformat(str(FIRST_DAY))) & _condition(rule))
        .select(
            id_hi=pl.col("key_hi") ^ (item_hi ^ occurrence_hi),
            id_lo=pl.col("key_lo") ^ (item_lo ^ occurrence_lo),
            rule=pl.lit(rule.name),
            version=pl.lit(1),
            rule_version=pl.lit(digest),
            step=pl.lit("test"),
            occurrence=pl.lit(occurrence),
            verb=pl.lit("test"),
            sector=pl.lit("health"),
            about="person",
            trigger_fact=pl.lit(rule.fact),
            key_hi="key_hi",
            key_lo="key_lo",
            event_on=event,
            first_known_at="known_at",
            opens_at=opens,
            due_at=due,
            closes_at=closes,
            **witnesses,
        )
        .filter((pl.col("due_at") > pl.col("first_known_at")) & (pl.col("opens_at") <= pl.col("due_at")))
    )


def _condition(rule: PlainRule) -> pl.Expr:
    if rule.fact == "arrivals":
        return pl.col("rank") == 0 if rule.when.endswith("= 'high'") else pl.col("rank") <= 1
    column, value = rule.when.split(" = ")
    return pl.col(column) == value.strip("'")


def _taken(
    members: pl.LazyFrame, samples: pl.LazyFrame, results: pl.LazyFrame, as_of: datetime
) -> pl.LazyFrame:
    return (
        members.select("sample", "person", met_hi="key_hi", met_lo="key_lo", member_known="known_at")
        .join(
            samples.filter(pl.col("taken_at") <= as_of).select("sample", "taken_at", sample_known="known_at"),
            on="sample",
        )
        .join(results.select("sample", result_known="known_at"), on="sample")
        .select(
            "person",
            "taken_at",
            "met_hi",
            "met_lo",
            met_known=pl.max_horizontal("member_known", "sample_known", "result_known"),
        )
    )


def _offices(areas: pl.LazyFrame, offices: pl.LazyFrame) -> pl.LazyFrame:
    """Area path -> the sampling team of its county and its own community office."""
    county = pl.col("path").str.splitn("/", 3).struct
    counties = county.field("field_0") + "/" + county.field("field_1")
    teams = offices.filter(pl.col("task") == "sampling_team").select(county="covers", done_by="office")
    communities = offices.filter(pl.col("task") == "community").select(path="covers", answers_to="office")
    return (
        areas.select("path", county=counties)
        .join(teams, on="county", how="left")
        .join(communities, on="path", how="left")
        .drop("county")
    )


def _status(as_of: datetime) -> pl.Expr:
    met, due, closes = pl.col("met_at"), pl.col("due_at"), pl.col("closes_at")
    return (
        pl.when(met.is_not_null() & (met < due))
        .then(pl.lit("met"))
        .when(met.is_not_null())
        .then(pl.lit("met_late"))
        .when(pl.col("opens_at") > as_of)
        .then(pl.lit("upcoming"))
        .when(due > as_of)
        .then(pl.lit("open"))
        .when(closes.is_null() | (closes > as_of))
        .then(pl.lit("overdue"))
        .otherwise(pl.lit("missed"))
    )
