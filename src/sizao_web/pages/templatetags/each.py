"""{% each one in rows %} … {% endeach %}: markup that stands for each of some hundred rows.

As `for`, for a body of text and variables alone: an overview has two thousand of these, and Django takes ten
times as long to look each up, to ask whether it is a number to be written as the language does, and to put it
into the page. Numbers are written as they are; what does not name the row is written once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django import template
from django.template.base import FilterExpression, TextNode, VariableNode, render_value_in_context
from django.utils.html import conditional_escape

register = template.Library()

_SPECIAL = ("needs_autoescape", "expects_localtime", "is_safe")


@register.tag
def each(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """{% each one in rows %}: in it {{ one.name }}, {{ one.name|filter }}, and what is the same for all."""
    words = token.split_contents()
    if len(words) != 4 or words[2] != "in":
        raise template.TemplateSyntaxError("Write {% each one in rows %}.")
    body = parser.parse(("endeach",))
    parser.delete_first_token()
    return _Each(parser.compile_filter(words[3]), [_part(node, words[1]) for node in body])


def _part(node: template.Node, row: str) -> template.Node | Value:
    """A node that is the same for all rows, or the value of a row."""
    if isinstance(node, TextNode):
        return node
    if not isinstance(node, VariableNode):
        raise template.TemplateSyntaxError("In {% each %} only text and variables may stand: use {% for %}.")
    found = node.filter_expression
    names = getattr(found.var, "lookups", None) or ()
    if names[:1] != (row,):
        return node
    for function, arguments in found.filters:
        if arguments or any(getattr(function, name, False) for name in _SPECIAL):
            raise template.TemplateSyntaxError(f"{{% each %}} cannot write {found.token}: use {{% for %}}.")
    return Value(attrgetter(".".join(names[1:])), [function for function, _ in found.filters])


@dataclass(frozen=True)
class Value:
    """What one variable shows of a row."""

    of: Callable[[Any], Any]
    filters: Sequence[Callable[[Any], Any]]

    def written(self, row: Any, context: template.Context) -> str:
        """As text that is safe in a page."""
        value = self.of(row)
        for one in self.filters:
            value = one(value)
        if isinstance(value, str):
            return str(conditional_escape(value))
        return str(value) if type(value) is int else str(render_value_in_context(value, context))


class _Each(template.Node):
    def __init__(self, rows: FilterExpression, parts: Sequence[template.Node | Value]) -> None:
        self.rows, self.parts = rows, parts

    def render(self, context: template.Context) -> str:
        parts = [one if isinstance(one, Value) else str(one.render_annotated(context)) for one in self.parts]
        return "".join(
            part if isinstance(part, str) else part.written(row, context)
            for row in self.rows.resolve(context)
            for part in parts
        )
