"""HTML made in Python is what Django makes of the same words."""

from __future__ import annotations

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from sizao_web.pages.markup import escaped, filled

WORDS = st.text() | st.text(alphabet="<>&\"'a").map(mark_safe) | st.integers() | st.none()


@given(WORDS)
def test_a_value_is_escaped_once_and_html_never_again(value: object) -> None:
    assert escaped(value) == str(conditional_escape(value))


@given(st.lists(WORDS, min_size=2, max_size=2))
def test_values_in_a_template_are_escaped_and_the_template_is_not(values: list[object]) -> None:
    made = filled('<a href="{}">{}</a>', *values)
    assert made == format_html('<a href="{}">{}</a>', *values)
    assert escaped(made) == made
