"""Which tests show an order is read from their marks, without running them."""

from __future__ import annotations

from pathlib import Path

from sizao.store.directives import marked_tests

TEXT = """
import pytest
pytestmark = [pytest.mark.orders("D2-83"), pytest.mark.long]

def test_of_the_module(): ...

@pytest.mark.parametrize("x", [1])
@pytest.mark.orders("D1-34", "D1-32")
def test_of_its_own(x): raise AssertionError("is never run")

class TestMany:
    @pytest.mark.orders("D1-01")
    def test_within(self): ...

def not_a_test(): ...
"""


def test_marks_of_module_and_test_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "journeys").mkdir()
    (tmp_path / "test_here.py").write_text(TEXT, encoding="utf-8")
    (tmp_path / "journeys" / "test_day.py").write_text(
        "import pytest\n@pytest.mark.orders('D1-17')\ndef test_a_day(): ...\ndef test_unmarked(): ...\n",
        encoding="utf-8",
    )
    found = {one.name: (one.kind, one.orders) for one in marked_tests(tmp_path)}
    assert found == {
        "journeys/test_day.py::test_a_day": ("journey", ("D1-17",)),
        "test_here.py::test_of_the_module": ("test", ("D2-83",)),
        "test_here.py::test_of_its_own": ("test", ("D2-83", "D1-34", "D1-32")),
        "test_here.py::test_within": ("test", ("D2-83", "D1-01")),
    }
