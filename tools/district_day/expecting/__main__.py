"""`python -m tools.district_day.expecting PLAN ANSWERS PACK MOMENT`: one row a line."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

from tools.district_day.expecting import expected
from tools.district_day.expecting.facts import Facts


def main() -> None:
    """Read, judge, print: rule, step, about, due, status."""
    plan, answers, pack, moment = sys.argv[1:]
    for row in expected(Facts.read(Path(plan), Path(answers), Path(pack), datetime.fromisoformat(moment))):
        print(json.dumps(row.told(), ensure_ascii=False))


main()
