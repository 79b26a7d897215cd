"""All faults, in the order in which a reader of the evidence meets them."""

from __future__ import annotations

from faults.kinds import (
    arrivals,
    disks,
    kills,
    order,
    outbox,
    purging,
    storms,
    streams,
    syscalls,
    tables,
    wire,
)
from faults.registry import Fault

FAULTS: tuple[Fault, ...] = (
    *kills.FAULTS,
    *syscalls.FAULTS,
    *streams.FAULTS,
    *purging.FAULTS,
    *disks.FAULTS,
    *wire.FAULTS,
    *storms.FAULTS,
    *order.FAULTS,
    *outbox.FAULTS,
    *tables.FAULTS,
    *arrivals.FAULTS,
)
