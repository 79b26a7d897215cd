"""A family of invented policies that between them use every form a text may take.

`first` is the first day of the history; texts begin, change and end around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path

from reference.builder import Rule, ending, policy, verb
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy, StepText
from sizao.store.packs import read_pack

PACKS = Path(__file__).resolve().parents[2] / "policies"

TEST = verb("test", "tests", "taken_at", where="result = 'negative' or members <= step.max_pool")
TEST_OF_ONES_OWN = verb("own_test", "tests", "taken_at", exclusive=True, look_back=12)
SAMPLING = verb("sampling", "samplings", "taken_at", exclusive=True)
TWO_TESTS = verb("two_tests", "tests", "taken_at", where="result = 'negative'", count=2, min_gap=24)
TWO_SAMPLES = verb("two_samples", "samplings", "taken_at", count=2, min_gap=12, exclusive=True)
QUARANTINE = verb(
    "quarantine",
    "room_stays",
    "from_at",
    until="until_at",
    where="kind = step.place",
    restricts=True,
    gap_tolerance=12,
)
WATCH = verb("watch", "room_stays", "from_at", until="until_at", restricts=True)
CHECK = verb("check", "health_checks", "checked_at", look_back=6)
CHECK_WELL = verb("check_well", "health_checks", "checked_at", where="not symptoms", exclusive=True)
REPORT = verb("report", "institution_reports", "reported_at", subject="place", about_kind="place")
DAILY = verb(
    "daily",
    "institution_reports",
    "reported_at",
    subject="place",
    about_kind="place",
    where="duty = 'daily_report'",
    exclusive=True,
)
RECTIFY = verb(
    "rectify",
    "rectifications",
    "rectified_at",
    subject="place",
    about_kind="place",
    exclusive=True,
    match=("finding", "finding"),
)
RECHECK = verb("recheck", "inspections", "inspected_at", subject="place", about_kind="place")
DIRECT_REPORT = verb("direct_report", "case_reports", "reported_at")
INVESTIGATE = verb("investigate", "investigations", "finished_at", where="kind = 'full'")
VISIT = verb("visit", "visits", "visited_at", where="findings is null or findings <> 'needs_help'")
REMIND = verb("remind", "visits", "visited_at", look_back=24)
ADMIT = verb("admit", "admissions", "admitted_at", look_back=48)

DIED = ending("deaths", "died_on", ("person", "about"))
A_CASE = ending("classifications", "classified_on", ("person", "about"), where="class = 'confirmed'")
RELEASED = ending("releases", "released_at", steps=("quarantine", "check"))
EXCLUDED = ending("classifications", "classified_on", where="class = 'excluded'", from_event=True)


def contacts(first: date) -> Policy:
    """Designated contacts: two stages, days counted, own tests, endings, a text that lightens."""
    week = first + timedelta(14)
    rule = Rule("contacts", "designations")

    def steps(days: int, on_days: tuple[int, ...]) -> list[StepText]:
        return [
            rule.step(
                "quarantine",
                QUARANTINE,
                rule.span(
                    "later(designated_on, last_exposed_on)",
                    days=days,
                    counted_from="last_exposed_on",
                    within=24,
                ),
                done_by="site(place_of_stay)",
                answers_to=["community(residence)", "cdc(residence)"],
                place="central",
                escalate=(2, VISIT, "street(residence)", 4),
            ),
            rule.step(
                "home",
                WATCH,
                rule.span("stage_start", days=4, day_zero="stage_start", first_day=0),
                place="home",
                after=("quarantine", "end"),
            ),
            rule.step(
                "test",
                TEST_OF_ONES_OWN,
                rule.plan(on_days, day_zero="last_exposed_on", first_day=1, grace_days=1),
                done_by="sampling_team(residence)",
                late_start=True,
            ),
            rule.step(
                "phone",
                VISIT,
                rule.calendar("day", "day_of(stage_start)", until="add_days(day_of(stage_start), 3)"),
                after=("quarantine", "end"),
                closes_after=12,
            ),
            rule.step(
                "check",
                CHECK,
                rule.calendar("day", "designated_on", until="add_days(last_exposed_on, 10)", at=time(10)),
            ),
        ]

    rule.version(
        first - timedelta(30),
        steps(14, (1, 4, 7, 14)),
        ends_when=[RELEASED, EXCLUDED],
        subject_ends=[DIED, A_CASE],
    )
    rule.version(
        week,
        steps(7, (1, 7)),
        running="lighten",
        when="class in ('close', 'secondary')",
        ends_when=[RELEASED],
        subject_ends=[DIED],
    )
    twice = Rule("tested-twice", "designations").version(
        first,
        [
            (r := Rule("tested-twice", "designations")).step(
                "two", TWO_TESTS, r.deadline("start_of(last_exposed_on)", within=24 * 9), closes_after=48
            ),
            r.step("samples", TWO_SAMPLES, r.deadline(within=24 * 6), closes_after=24 * 6),
        ],
        until=first + timedelta(25),
        subject_ends=[DIED],
        waivable=False,
    )
    exposed = Rule("exposures", "exposures")
    exposed.version(
        first,
        [
            exposed.step(
                "classify",
                VISIT,
                exposed.deadline(within=24),
                done_by="cdc(recorded_area)",
                answers_to=["health_commission(recorded_area)"],
                escalate=(6, REMIND, "command(recorded_area)", 2),
            ),
            exposed.step(
                "test",
                TEST_OF_ONES_OWN,
                exposed.deadline("start_of(last_on)", within=48),
                about="case_person",
            ),
        ],
        when="kind in ('household', 'care', 'meal')",
    )
    return policy("contacts", [rule, twice, exposed])


def arrivals(first: date) -> Policy:
    """Arrivals from graded areas: look-ups, not known, replaced texts, dependants, a date before which."""
    rule = Rule("arrivals", "arrivals")
    graded = "worst_grade(stays_of(person), add_days(arrived_on, -14), arrived_on) in ('medium', 'high')"

    def steps(days: int, place: str) -> list[StepText]:
        zero = "last_day_graded(stays_of(person), 'medium', add_days(arrived_on, -14), arrived_on)"
        return [
            rule.step(
                "quarantine",
                QUARANTINE,
                rule.span("arrived_on", days=days, day_zero=zero, first_day=1, within=12),
                done_by="site(place_of_stay)",
                answers_to=["community(place_of_stay)"],
                place=place,
            ),
            rule.step(
                "test", TEST, rule.plan((1, 3, 7), counted_from="arrived_on"), max_pool=1, late_start=True
            ),
            rule.step(
                "dependants",
                VISIT,
                rule.deadline(within=48),
                about="dependant",
                related="dependants",
                closes_after=72,
                escalate=(12, REMIND, "civil_affairs(residence)", 0),
            ),
        ]

    change, again = first + timedelta(12), first + timedelta(26)
    rule.version(first - timedelta(10), steps(14, "central"), when=graded, subject_ends=[DIED])
    rule.version(
        change,
        steps(10, "home"),
        catches_from=change - timedelta(14),
        running="replace",
        when=f"{graded} or origin is null",
        subject_ends=[DIED],
    )
    rule.version(
        again,
        steps(5, "monitoring"),
        running="lighten",
        when=graded,
        ends_when=[RELEASED],
        grade_reach_back=True,
    )
    back = Rule("arrivals-announced-late", "arrivals")
    back.version(
        first - timedelta(20),
        [
            back.step("report", REMIND, back.deadline("happened_at", within=2), closes_after=24),
            back.step(
                "before",
                TEST,
                back.deadline(by="add_days(arrived_on, 3)"),
                closes_after=48,
                late_start=True,
                escalate=(24, VISIT, "community(place_of_stay)", 12),
            ),
        ],
        when=(
            "worst_grade(stays_of(person), add_days(arrived_on, -7), arrived_on) = 'high'"
            " and negative_tests(person, add_days(arrived_on, -3), arrived_on) < 2"
        ),
        grade_reach_back=True,
    )
    cities = Rule("origins", "arrivals")
    cities.version(
        first,
        [
            cities.step(
                "watch",
                WATCH,
                cities.span("arrived_on", until="add_days(later(arrived_on, day_of(known_at)), 5)", within=6),
                place="monitoring",
            ),
            cities.step(
                "household", VISIT, cities.deadline(within=12), about="dependant", related="dependants"
            ),
        ],
        when="grade_of(origin, arrived_on) <> 'low' or not is_within(origin, area) and conveyance = 'plane'",
        ends_when=[ending("health_checks", "checked_at", where="not symptoms", count=2, steps=("watch",))],
        subject_ends=[DIED],
    )
    named = Rule("arrivals-from-named", "arrivals")
    worlds = [f"w{number:02d}" for number in range(60)]
    listed = " ".join(f"{world}/a/x {world}/b {world}h0" for world in worlds)
    last = f"last_day_at(stays_of(person), '{listed}', add_days(arrived_on, -14), arrived_on)"
    named.version(
        first,
        [
            named.step(
                "stay",
                QUARANTINE,
                named.span("arrived_on", days=14, day_zero=last, first_day=1, within=12),
                place="central",
            )
        ],
        when=f"{last} is not null or is_in(origin, '{listed}') and conveyance <> 'plane'",
        subject_ends=[DIED],
    )
    return policy("arrivals", [rule, back, cities, named])


def institutions(first: date) -> Policy:
    """Places: days, weeks and months with closures and operating days, offices' clocks, escalations."""
    rule = Rule("reports", "enrolments")

    def steps(at: time | None, about_week: str) -> list[StepText]:
        return [
            rule.step(
                "day",
                DAILY,
                rule.calendar("day", "from_on", until="until_on" if about_week == "until" else None, at=at),
                about="place",
                done_by="itself",
                answers_to=["education(place)"],
                closes_after=12,
                escalate=(2, REPORT, "education(place)", 4),
            ),
            rule.step(
                "week",
                REPORT,
                rule.calendar(
                    "week",
                    "later(from_on, day_of(known_at))",
                    until="until_on" if about_week == "until" else None,
                ),
                about="place",
                done_by="health_commission(place)",
                late_start=True,
            ),
            rule.step(
                "month",
                REPORT,
                rule.calendar("month", "from_on", at=time(17)),
                about="place",
                done_by="supervision(place)",
                closes_after=24 * 3,
                late_start=True,
            ),
        ]

    rule.version(
        first - timedelta(20),
        steps(time(10), "until"),
        when="duty = 'daily_report' or duty = 'pharmacy_report'",
    )
    rule.version(
        first + timedelta(17), steps(None, "open"), running="keep", when="duty <> 'fever_clinic_report'"
    )
    found = Rule("findings", "findings")
    found.version(
        first - timedelta(5),
        [
            found.step(
                "rectify",
                RECTIFY,
                found.deadline("found_at", within=48),
                about="place",
                done_by="itself",
                answers_to=["market_regulation(place)", "supervision(recorded_area)"],
                escalate=(24, RECHECK, "supervision(place)", 12),
            ),
            found.step(
                "recheck",
                RECHECK,
                found.deadline("stage_start", within=24 * 3),
                about="place",
                done_by="supervision(place)",
                after=("rectify", "met"),
            ),
        ],
        when="severity = 'serious' or place_kind(place) in ('school', 'care_home')",
    )
    found.version(
        first + timedelta(20),
        [
            found.step(
                "rectify",
                RECTIFY,
                found.deadline(within=24),
                about="place",
                done_by="itself",
                closes_after=24 * 10,
            ),
        ],
        running="keep",
    )
    sold = Rule("medicine", "medicine_sales")
    sold.version(
        first,
        [
            sold.step(
                "test",
                SAMPLING,
                sold.deadline("sold_at", within=24),
                done_by="community(residence)",
                closes_after=24,
            ),
            sold.step("visit", VISIT, sold.deadline(within=12), done_by="family_doctor(residence)"),
        ],
        when="if_missing(place_level(place), 'level_1') <> 'level_3'",
    )
    return policy("institutions", [rule, found, sold], look_ahead_days=5)


def cases(first: date) -> Policy:
    """Cases and the recovered: hours of an office, months, stages after a proof, imprecise onset."""
    rule = Rule("cases", "classifications")
    rule.version(
        first - timedelta(20),
        [
            rule.step(
                "direct_report", DIRECT_REPORT, rule.deadline(within=2), done_by="county_hospital(residence)"
            ),
            rule.step(
                "investigate",
                INVESTIGATE,
                rule.deadline("stage_start", within=24),
                done_by="cdc(residence)",
                after=("direct_report", "met"),
                escalate=(0, VISIT, "command(residence)", 6),
            ),
            rule.step(
                "followed",
                VISIT,
                rule.rolling(3, "day_of(stage_start)", until="add_days(day_of(stage_start), 12)", min_gap=12),
                after=("direct_report", "met"),
            ),
            rule.step(
                "isolate",
                WATCH,
                rule.span("earliest(onset)", days=10, counted_from="latest_day(onset)", within=2),
                place="hospital",
            ),
            rule.step(
                "admit", ADMIT, rule.deadline("start_of(classified_on)", within=24), closes_after=24 * 4
            ),
        ],
        when="class in ('confirmed', 'clinically_diagnosed') or latest_day(onset) > date '2020-01-01'",
        ends_when=[EXCLUDED],
        subject_ends=[DIED],
    )
    after = Rule("recovered", "discharges")
    after.version(
        first - timedelta(20),
        [
            after.step(
                "rest",
                WATCH,
                after.span("discharged_at", days=6, day_zero="discharged_at", first_day=0),
                place="home",
                done_by="community(residence)",
            ),
            after.step(
                "visits",
                VISIT,
                after.rolling(
                    4, "day_of(discharged_at)", until="add_days(day_of(discharged_at), 25)", min_gap=36
                ),
                done_by="family_doctor(residence)",
                answers_to=["county_hospital(residence)"],
            ),
            after.step(
                "year",
                WATCH,
                after.span("start_of(day_of(discharged_at))", months=1, counted_from="discharged_at"),
                place="monitoring",
            ),
        ],
        when="outcome = 'recovered'",
        subject_ends=[DIED],
    )
    after.version(
        first + timedelta(18),
        [
            after.step(
                "visits",
                VISIT,
                after.rolling(7, "day_of(discharged_at)", min_gap=60),
                done_by="family_doctor(residence)",
            ),
            after.step(
                "rest", WATCH, after.span("discharged_at", days=9, day_zero="discharged_at"), place="home"
            ),
        ],
        catches_from=first - timedelta(20),
        running="replace",
    )
    pools = Rule("pools", "sample_members")
    pools.version(
        first - timedelta(20),
        [
            pools.step(
                "single",
                TEST,
                pools.deadline(within=24),
                max_pool=1,
                done_by="sampling_team(recorded_area)",
                closes_after=48,
            ),
        ],
        when="result_of(sample) in ('positive', 'doubtful') and members_of(sample) > 1",
    )
    former = Rule("contacts-of-cases", "designations")
    former.version(
        first - timedelta(20),
        [
            former.step("visit", VISIT, former.plan((0, 2, 4), day_zero="designated_on"), late_start=True),
            former.step(
                "watch",
                WATCH,
                former.span("start_of(designated_on)", days=5, day_zero="designated_on", first_day=0),
                place="home",
            ),
        ],
        when=(
            "classification_of(case_person, designated_on) = 'confirmed'"
            " and if_missing(occupation_of(person, designated_on), 'other') <> 'medical'"
        ),
        ends_when=[ending("classifications", "classified_on", ("case", "case"), where="class = 'excluded'")],
        subject_ends=[DIED, A_CASE],
    )
    again = Rule("after-discharge", "classifications")
    again.version(
        first - timedelta(20),
        [again.step("visit", VISIT, again.deadline(within=24), done_by="county_hospital(residence)")],
        when="if_missing(discharge_of(person, classified_on), 'other') = 'recovered'",
    )
    return policy("cases", [rule, after, pools, former, again])


def workers(first: date) -> Policy:
    """Occupations and summer time: rolling tests under two texts, a short horizon, endings inside plans."""
    rule = Rule("workers", "occupations")
    rule.version(
        first - timedelta(8),
        [
            rule.step(
                "test",
                TEST,
                rule.rolling(7, "from_on", until="until_on", min_gap=24),
                done_by="community(residence)",
                answers_to=["supervision(residence)"],
            )
        ],
        until=first + timedelta(10),
        when="occupation in ('cold_chain', 'port_worker', 'medical')",
    )
    rule.version(
        first + timedelta(14),
        [
            rule.step(
                "test",
                TEST,
                rule.rolling(3, "later(from_on, day_of(known_at))", until="until_on", min_gap=12),
                done_by="street(residence)",
            ),
            rule.step("once", CHECK_WELL, rule.deadline("from_on", within=24 * 7), closes_after=24 * 4),
        ],
        catches_from=first - timedelta(60),
        running="keep",
        subject_ends=[DIED],
    )
    moved = Rule("residents", "residences")
    moved.version(
        first - timedelta(8),
        [
            moved.step("checks", CHECK_WELL, moved.plan((0, 1, 2, 5), day_zero="from_on", grace_days=2)),
            moved.step(
                "week",
                CHECK,
                moved.calendar("week", "from_on", until="until_on", at=time(2, 30)),
                closes_after=6,
            ),
            moved.step(
                "stay",
                QUARANTINE,
                moved.span("from_on", days=8, counted_from="from_on", within=3),
                place="home",
            ),
        ],
        when="household is not null",
        ends_when=[
            ending("health_checks", "checked_at", where="symptoms", from_event=True, steps=("checks",)),
            RELEASED,
        ],
    )
    moved.version(
        first + timedelta(11),
        [
            moved.step("checks", CHECK_WELL, moved.plan((0, 3), day_zero="from_on", grace_days=1)),
            moved.step(
                "stay",
                QUARANTINE,
                moved.span("from_on", days=4, counted_from="from_on", within=3),
                place="central",
            ),
            moved.step(
                "later",
                WATCH,
                moved.span("stage_start", days=3, counted_from="stage_start"),
                place="home",
                after=("stay", "end"),
            ),
        ],
        running="replace",
        when="household is not null and (is_within(located_in, area) or located_in <> area)",
    )
    moved.version(
        first + timedelta(22),
        [
            moved.step(
                "stay", QUARANTINE, moved.span("from_on", months=1, counted_from="from_on"), place="central"
            )
        ],
        running="lighten",
    )
    rooms = Rule("rooms", "room_stays")
    rooms.version(
        first - timedelta(8),
        [
            rooms.step(
                "check",
                CHECK,
                rooms.calendar("day", "day_of(from_at)", until="day_of(until_at)", at=time(9)),
                closes_after=0,
            ),
            rooms.step("leave", VISIT, rooms.deadline("until_at", within=12)),
        ],
    )
    return policy("workers", [rule, moved, rooms], zone="Europe/Berlin", horizon_days=12, look_ahead_days=3)


@cache
def training(_: date) -> Policy:
    """The training pack of the repository, with every rule that it has."""
    return load_pack(read_pack(PACKS / "training-2020"))


FAMILY: Mapping[str, Callable[[date], Policy]] = {
    "contacts": contacts,
    "arrivals": arrivals,
    "institutions": institutions,
    "cases": cases,
    "workers": workers,
    "training": training,
}

FIRST_DAY = {name: date(2020, 6, 1) for name in FAMILY} | {
    "workers": date(2020, 3, 12),
    "training": date(2020, 6, 12),
}
"""The first day of the histories of each policy; that of the workers' crosses into summer time."""
