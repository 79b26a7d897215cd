"""Models of the records: a table for each fact of the dictionary, and the columns of what derive answers."""

from __future__ import annotations

import keyword

import pyarrow as pa

from sizao.facts.declaration import ColumnType, Fact
from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import StoredColumn, own_columns
from sizao.obligations.schema import RESULTS

PATH = "src/sizao_web/records/models/facts.py"
RESULTS_PATH = "src/sizao_web/records/models/results.py"

HEAD = '''"""The table of each fact. Written by `make generate` from sizao.facts: change the dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models

from sizao_web.records.models.rows import FactRow, corrections, rules_of_keys
'''

_FIELDS: dict[ColumnType, str] = {
    ColumnType.ID: "models.TextField(null=True)",
    ColumnType.CODE: "models.TextField(null=True)",
    ColumnType.AREA: 'models.TextField(null=True, db_collation="C")',
    ColumnType.TEXT: "models.TextField(null=True)",
    ColumnType.DATE: "models.DateField(null=True)",
    ColumnType.IMPRECISE_DATE: "models.DateField(null=True)",
    ColumnType.INSTANT: "models.DateTimeField(null=True)",
    ColumnType.NUMBER: "models.FloatField(null=True)",
    ColumnType.COUNT: "models.BigIntegerField(null=True)",
    ColumnType.FLAG: "models.BooleanField(null=True)",
}


RESULTS_HEAD = '''"""What derive answers. Written by `make generate` from sizao.obligations.schema."""

from __future__ import annotations

from django.db import models
'''

_RESULT_FIELDS: dict[pa.DataType, str] = {
    pa.string(): "models.TextField({0})",
    pa.int32(): "models.IntegerField({0})",
    pa.int64(): "models.BigIntegerField({0})",
    pa.bool_(): "models.BooleanField({0})",
    pa.date32(): "models.DateField({0})",
    pa.timestamp("us"): "models.DateTimeField({0})",
}
_AREAS = ("area",)  # paths are compared byte by byte, so that a prefix is a range


def files() -> dict[str, str]:
    """The modules of models."""
    parts = [HEAD, *(model(fact) for fact in FACTS.values()), _by_name()]
    results = [RESULTS_HEAD, *(result(name, schema) for name, schema in RESULTS.items())]
    return {PATH: "\n".join(parts), RESULTS_PATH: "\n".join(results)}


def result(name: str, schema: pa.Schema) -> str:
    """The abstract model of one result."""
    lines = [
        "",
        f"class {class_name(name)}Columns(models.Model):",
        f'    """What derive answers as `{name}`."""',
        "",
    ]
    for column in schema:
        said = ["null=True"] if column.nullable else []
        if column.name in ("obligation_id",):
            said.append("primary_key=True")
        if column.name in _AREAS:
            said.append('db_collation="C"')
        lines.append(f"    {column.name} = {_RESULT_FIELDS[column.type].format(', '.join(said))}")
    return "\n".join([*lines, "", "    class Meta:", "        abstract = True", ""])


def model(fact: Fact) -> str:
    """One class."""
    lines = ["", f"class {class_name(fact.name)}(FactRow):", f'    """{fact.meaning.en}."""', ""]
    lines += [f"    {field(column)}" for column in own_columns(fact)]
    lines += ["", "    class Meta:", f'        db_table = "fact_{fact.name}"']
    lines.append(f'        constraints = rules_of_keys("{fact.name}")')
    indexed = [column.name for column in own_columns(fact) if is_indexed(fact, column)]
    lines.append("        indexes = (")
    lines += [
        f'            models.Index(fields=["{field_name(name)}"], name="{index_name(fact.name, name)}"),'
        for name in [*indexed, "arrived_in"]
    ]
    lines.append(f'            corrections("{fact.name}"),')
    lines.append("        )")
    return "\n".join([*lines, ""])


def field(column: StoredColumn) -> str:
    """The field of a column; a name that Python keeps for itself gets another, with the column's as it is."""
    said = _FIELDS[column.declared.type]
    name = field_name(column.name)
    if name != column.name:
        said = said.replace("(", f'(db_column="{column.name}", ', 1)
    return f"{name} = {said}"


def field_name(column: str) -> str:
    """The name of the field: the column's own unless Python reserves it."""
    return f"{column}_named" if keyword.iskeyword(column) else column


def is_indexed(fact: Fact, column: StoredColumn) -> bool:
    """What rows are looked up by: persons, cases, households, and everything the fact is about."""
    return column.declared.of in ("person", "case", "household") or column.name in (
        *fact.subjects,
        "sample",
        "hand_over",
    )


def class_name(fact: str) -> str:
    """sample_members -> SampleMembers: one class holds many rows, and is named like the fact."""
    return "".join(part.title() for part in fact.split("_"))


def index_name(fact: str, column: str) -> str:
    """At most 30 letters, as Django demands."""
    return f"{fact[:16]}_{column[:9]}_ix"


def _by_name() -> str:
    lines = ["", "FACT_MODELS: Mapping[str, type[FactRow]] = MappingProxyType(", "    {"]
    lines += [f'        "{name}": {class_name(name)},' for name in FACTS]
    lines += ["    }", ")", '"""Fact -> its model."""', ""]
    return "\n".join(lines)
