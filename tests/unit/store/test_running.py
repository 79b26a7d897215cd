"""Running queries: views, tables, kernels, order of results, what a failed step says."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sizao.facts.schemas import arrow_schema
from sizao.store.folder import open_folder, write_folder
from sizao.store.running import Session, StepFailed, TableRefused, run
from sizao.terms.queries import KernelStep, Query, SqlStep
from sizao.terms.time import sql_local_day, sql_midnight


@pytest.fixture
def facts(tmp_path):
    rows = "".join(f"p{number},2020-06-{number:02d},declared\n" for number in range(1, 10))
    (tmp_path / "arrivals.csv").write_text("person,arrived_on,declared\n" + rows, encoding="utf-8")
    return open_folder(tmp_path)


@pytest.fixture
def written(facts, tmp_path):
    write_folder(tmp_path / "it's written", facts)
    return open_folder(tmp_path / "it's written")


LATE = SqlStep(
    "late", "SELECT person, arrived_on FROM arrivals WHERE arrived_on > DATE '2020-06-05'", "late ones"
)
DAYS = SqlStep("days", "SELECT arrived_on - DATE '2020-06-01' AS number FROM late", materialize=False)
TOTAL = KernelStep("total", ("days",), lambda tables: pa.table({"total": [pc.sum(tables["days"]["number"])]}))
QUERY = Query((LATE, DAYS, TOTAL), ("arrivals",), {"people": "late", "days": "days", "total": "total"})


@pytest.mark.parametrize("source", ["facts", "written"])
def test_steps_read_earlier_steps_and_results_are_ordered(source, request):
    results = run(QUERY, request.getfixturevalue(source))
    assert results["people"]["person"].to_pylist() == ["p6", "p7", "p8", "p9"]
    assert results["days"]["number"].to_pylist() == [5, 6, 7, 8]
    assert results["total"].to_pylist() == [{"total": 26}]


@pytest.mark.parametrize("source", ["facts", "written"])
def test_a_session_answers_the_same_query_again(source, request):
    with Session(request.getfixturevalue(source), threads=1, memory="200MB") as session:
        first = session.run(QUERY)
        assert set(session.seconds) >= {"load arrivals", "late", "days", "total"}
        second = session.run(QUERY, ordered=False)
    assert first["total"].equals(second["total"])
    assert sorted(second["people"]["person"].to_pylist()) == first["people"]["person"].to_pylist()


def test_a_result_with_a_key_is_ordered_by_it_alone_and_others_by_all_columns(facts):
    query = Query(
        (
            SqlStep("keyed", "SELECT 10 - day(arrived_on) AS row_id, person FROM arrivals"),
            SqlStep("plain", "SELECT 'x' AS same, 10 - day(arrived_on) AS number FROM arrivals"),
        ),
        ("arrivals",),
        {"keyed": "keyed", "plain": "plain"},
    )
    results = run(query, facts)
    assert results["keyed"]["row_id"].to_pylist() == list(range(1, 10))
    assert results["plain"]["number"].to_pylist() == list(range(1, 10))


def test_every_step_is_reported_with_its_rows(facts):
    done = []
    run(QUERY, facts, report=done.append)
    rows = {step.name: step.rows for step in done}
    assert (rows["late"], rows["days"], rows["total"], rows["fetch late"]) == (4, None, 1, 4)
    assert next(step for step in done if step.name == "late").meaning == "late ones"


def test_a_fact_that_was_not_given_is_empty():
    query = Query((SqlStep("n", "SELECT count(*) AS n FROM deaths"),), ("deaths",), {"n": "n"})
    assert run(query, {})["n"].to_pylist() == [{"n": 0}]


def test_a_bound_table_may_be_replaced_between_queries(facts):
    query = Query((SqlStep("s", "SELECT * FROM touched"),), ("touched",), {"s": "s"})
    with Session(facts) as session:
        for subjects in (["p1"], ["p2", "p3"]):
            session.bind("touched", pa.table({"subject": subjects}))
            assert session.run(query)["s"]["subject"].to_pylist() == subjects


def test_a_failed_step_names_itself_its_sql_and_the_engine_s_words(facts):
    broken = Query((LATE, SqlStep("broken", "SELECT persn FROM late")), ("arrivals",), {})
    with Session(facts) as session:
        with pytest.raises(StepFailed, match="'broken' failed") as failure:
            session.run(broken)
        assert failure.value.text == "SELECT persn FROM late"
        assert "persn" in failure.value.words
        assert session.run(QUERY)["total"].num_rows == 1  # nothing of the failed run is left


def test_a_view_that_fails_when_it_is_read_is_named_too(facts):
    late = SqlStep("numbers", "SELECT CAST(person AS INTEGER) AS n FROM arrivals", materialize=False)
    with pytest.raises(StepFailed, match="'numbers' failed"):
        run(Query((late,), ("arrivals",), {"n": "numbers"}), facts)


def test_a_failed_kernel_names_its_inputs(facts):
    def kernel(tables):
        raise RuntimeError("no rows of that kind")

    query = Query((LATE, KernelStep("wrong", ("late",), kernel)), ("arrivals",), {})
    with pytest.raises(StepFailed, match="no rows of that kind") as failure:
        run(query, facts)
    assert failure.value.text == "kernel over late"


def test_a_table_is_forgotten_after_the_last_step_that_can_read_it(facts):
    # `late` is read through the view `days` by `total`; after `total` only the result is left.
    left = []

    class Watched(Session):
        def _run_step(self, step):
            left.append(
                {name for (name,) in self._connection.execute("SHOW TABLES").fetchall()} - {"arrivals"}
            )
            return super()._run_step(step)

    steps = (
        LATE,
        DAYS,
        TOTAL,
        SqlStep("sums", "SELECT total FROM total"),
        SqlStep("end", "SELECT * FROM sums"),
    )
    with Watched(facts) as session:
        assert session.run(Query(steps, ("arrivals",), {"end": "end"}))["end"].to_pylist() == [{"total": 26}]
    assert left == [set(), {"late"}, {"late", "days"}, {"total"}, {"sums"}]


def test_two_steps_of_one_name_are_refused(facts):
    with pytest.raises(StepFailed, match="rename the step"):
        run(Query((LATE, LATE), ("arrivals",), {}), facts)
    with pytest.raises(StepFailed, match="rename the step"):
        run(Query((SqlStep("arrivals", "SELECT 1 AS one"),), ("arrivals",), {}), facts)


def test_a_table_that_differs_from_the_dictionary_is_refused():
    query = Query((SqlStep("n", "SELECT count(*) AS n FROM deaths"),), ("deaths",), {"n": "n"})
    wrong = arrow_schema("deaths").empty_table().drop_columns(["known_at"])
    wrong = wrong.set_column(1, "died_on", pa.array([], pa.string()))
    with pytest.raises(TableRefused, match=r"died_on must be date32.*known_at is missing"):
        run(query, {"deaths": wrong})


def test_a_table_that_nobody_gave_is_named_with_the_nearest():
    with pytest.raises(TableRefused, match="Did you mean 'arrivals'"):
        run(Query((), ("arival",), {}), {})


def test_a_step_can_read_no_other_file_of_the_machine(facts, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(StepFailed, match="disabled by configuration"):
        run(Query((SqlStep("s", f"SELECT * FROM read_csv('{secret}')"),), (), {"s": "s"}), facts)


def test_days_of_a_zone_with_changing_offsets_need_no_network(facts):
    begins = sql_midnight("DATE '2020-10-25'", "Europe/Berlin")
    sql = f"SELECT {begins} AS begins, {sql_local_day(begins, 'Europe/Berlin')} AS day"
    assert run(Query((SqlStep("s", sql),), (), {"s": "s"}), facts)["s"].to_pylist() == [
        {"begins": datetime(2020, 10, 24, 22), "day": date(2020, 10, 25)}
    ]


COUNTED = Query((SqlStep("n", "SELECT count(*) AS n FROM arrivals"),), ("arrivals",), {"n": "n"})


def test_rows_appended_to_a_kept_table_are_there_and_removed_ones_are_not(facts):
    arrivals = facts["arrivals"]
    with Session({"arrivals": arrivals.slice(0, 4)}) as session:
        session.append("arrivals", arrivals.slice(4).select(arrivals.column_names[::-1]))
        assert session.run(COUNTED)["n"].to_pylist() == [{"n": 9}]
        session.remove("arrivals", arrivals.select(["person", "seat"]).slice(7))
        left = Query((SqlStep("p", "SELECT person FROM arrivals"),), ("arrivals",), {"p": "p"})
        assert session.run(left)["p"]["person"].to_pylist() == [f"p{n}" for n in range(1, 8)]


def test_rows_are_appended_to_a_fact_that_was_empty(facts):
    with Session({}) as session:
        session.append("arrivals", facts["arrivals"])
        assert session.run(COUNTED)["n"].to_pylist() == [{"n": 9}]


def test_only_a_kept_table_of_the_same_columns_is_changed(written, facts):
    with Session(written) as session, pytest.raises(TableRefused, match="not kept"):
        session.append("arrivals", facts["arrivals"])
    with Session({}) as session, pytest.raises(TableRefused, match="seat is missing"):
        session.append("arrivals", facts["arrivals"].drop_columns(["seat"]))


def test_a_table_that_is_forgotten_is_not_there_any_more(facts):
    with Session({}) as session:
        session.bind("arrivals", facts["arrivals"])
        session.run(COUNTED)
        session.unbind("arrivals", "never_bound")
        assert session.run(COUNTED)["n"].to_pylist() == [{"n": 0}]
