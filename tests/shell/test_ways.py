"""Addresses put together once are those that Django puts together each time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from sizao_web.pages.addresses import address

WORDS = (
    "p1",
    "tube-7 b",
    "a/b",
    "张三",
    "50%",
    "x?y#z",
    "r@1+2",
    "42",
    "0b7f3c2a-8b0e-4ec5-9c73-5f3f0d8d1a11",
)


def routes(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """Name of each route of ours, and how many arguments it has."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, (*spaces, entry.namespace) if entry.namespace else spaces)
        elif isinstance(entry, URLPattern) and entry.name:
            yield ":".join((*spaces, entry.name)), len(entry.pattern.converters)


def test_every_route_has_the_address_that_django_gives_it() -> None:
    compared = 0
    for route, many in set(routes(get_resolver())):
        for word in WORDS if many == 1 else (None,):
            arguments = () if word is None else (word,)
            try:
                wanted = reverse(route, args=arguments)
            except NoReverseMatch:
                continue
            assert address(route, *arguments) == wanted
            tag = "{% url route word %}" if arguments else "{% url route %}"
            assert Template(tag).render(Context({"route": route, "word": word}, autoescape=False)) == wanted
            compared += 1
    assert compared > 300


def test_a_route_that_is_none_is_still_an_error_and_a_named_one_empty() -> None:
    with pytest.raises(NoReverseMatch):
        Template("{% url 'everyone:nowhere' 'x' %}").render(Context())
    with pytest.raises(NoReverseMatch):
        Template("{% url 'everyone:person' %}").render(Context())
    with pytest.raises(NoReverseMatch):
        Template("{% url 'everyone:person' nobody %}").render(Context({"nobody": ""}))
    assert Template("{% url 'everyone:nowhere' as to %}[{{ to }}]").render(Context()) == "[]"


def test_an_address_is_escaped_as_django_does() -> None:
    assert (
        Template("{% url 'everyone:person' who %}")
        .render(Context({"who": "a&'b"}))
        .endswith("a&amp;&#x27;b/")
    )
