"""A laboratory receives tubes and reports what it found, many at once; a result on record is corrected.

Every fact has the number of its form in its source record: the form sent again is the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import bench
from sizao_web.records.reading.facts import links
from sizao_web.records.writing import Given, write


@dataclass(frozen=True)
class Taken:
    """What became of what was given: new ones, those that were there already, and of these what stands there.

    unknown: received, but no team has said whose they are.
    """

    stored: tuple[str, ...]
    again: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def receive_tubes(
    scope: Scope, moment: datetime, samples: Sequence[str], *, at: datetime, form: str
) -> Taken:
    """Put on record that these tubes have come. Refused, NotAllowed."""
    there = bench.received(scope, moment, samples)
    new = [one for one in dict.fromkeys(samples) if one not in there]
    announced = {one.sample for one in bench.on_the_way(scope, moment)}
    came = {"received_at": at, "laboratory": scope.organisation}
    given = [
        Given("sample_receipts", {"sample": one, **came}, f"{form}/sample_receipts/{one}") for one in new
    ]
    if given:
        write(scope, moment, given)
    unknown = [one for one in new if one not in announced]
    return Taken(tuple(new), tuple(one for one in samples if one in there), tuple(unknown))


def report_results(
    scope: Scope, moment: datetime, results: Mapping[str, str], *, at: datetime, form: str
) -> Taken:
    """Put these results on record, all or none of the new ones. Refused, NotAllowed.

    A tube with a result keeps it: whoever knows better corrects that result, and both stay on record.
    """
    there = bench.results_of(scope, moment, tuple(results))
    sent = set(
        links(scope, "results")
        .filter(source_record__startswith=f"{form}/results/")
        .values_list("sample", flat=True)
    )
    new = {sample: result for sample, result in results.items() if sample not in there}
    found = {"resulted_at": at, "laboratory": scope.organisation}
    given = [
        Given("results", {"sample": sample, "result": result, **found}, f"{form}/results/{sample}")
        for sample, result in new.items()
    ]
    if given:
        write(scope, moment, given)
    again = [one for one in results if one in there and one not in sent]
    return Taken(tuple(new) + tuple(one for one in results if one in sent and one in there), tuple(again))
