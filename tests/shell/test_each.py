"""What {% each %} writes of rows is what {% for %} writes; what it cannot write is refused at once."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe

from sizao.terms.words import Words

ROW = (
    '<li class="{{ css }}">{{ one.name }} {{ one.count.value }} {{ one.label|said }} {{ one.at|moment }}</li>'
)


def rows() -> list[Any]:
    return [
        SimpleNamespace(
            name=name, count=SimpleNamespace(value=count), label=Words(f"<{name}>", name),
            at=datetime(2020, 11, 30, 4, count % 60, tzinfo=UTC),
        )
        for name, count in (("a & b", 0), (mark_safe("<b>c</b>"), 12_345), ("\"d'", 7))
    ]  # fmt: skip


def test_each_writes_what_for_writes() -> None:
    shown = {"rows": rows(), "css": "x & y"}
    written, plain = (
        Template(text).render(Context(shown))
        for text in (
            f"{{% each one in rows %}}{ROW}{{% endeach %}}",
            f"{{% for one in rows %}}{ROW}{{% endfor %}}",
        )
    )
    assert written == plain
    assert "a &amp; b" in written
    assert "<b>c</b>" in written
    assert "12345" in written


@pytest.mark.parametrize(
    "body", ["{% if one.name %}x{% endif %}", "{{ one.name|default:'x' }}", "{{ one.name|escape }}"]
)
def test_what_each_cannot_write_is_refused_when_the_template_is_read(body: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=r"use \{% for %\}"):
        Template(f"{{% each one in rows %}}{body}{{% endeach %}}")


def test_a_name_that_a_row_does_not_have_is_no_empty_place() -> None:
    template = Template("{% each one in rows %}{{ one.nmae }}{% endeach %}")
    with pytest.raises(AttributeError, match="nmae"):
        template.render(Context({"rows": rows()}))
