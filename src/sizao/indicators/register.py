"""Every indicator there is."""

from __future__ import annotations

from sizao.indicators.coverage import COVERAGE, IN_PLACE, REPORTED, TESTED
from sizao.indicators.daily import CONFIRMED
from sizao.indicators.definition import Indicator
from sizao.indicators.earlies import EARLIES

INDICATORS: tuple[Indicator, ...] = (TESTED, IN_PLACE, COVERAGE, REPORTED, CONFIRMED, EARLIES)
