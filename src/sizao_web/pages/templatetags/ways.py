"""{% url %} as Django has it, for a page that names a thousand addresses: each route is put together once."""

from __future__ import annotations

from django import template
from django.template import defaulttags
from django.utils.html import conditional_escape

from sizao_web.pages.addresses import address

register = template.Library()


class _Way(defaulttags.URLNode):
    """What is not one route with one argument at most, or is no route, is left to Django and its errors."""

    def render(self, context: template.Context) -> str:
        if self.kwargs or len(self.args) > 1:
            return self._django(context)
        found = address(self.view_name.resolve(context), *(str(one.resolve(context)) for one in self.args))
        if found is None:
            return self._django(context)
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found

    def _django(self, context: template.Context) -> str:
        text: str = super().render(context)
        return text


@register.tag
def url(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """{% url route argument %}"""
    node = defaulttags.url(parser, token)
    return _Way(node.view_name, node.args, node.kwargs, node.asvar)
