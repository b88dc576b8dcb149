"""The tag `static` without a manifest: tests look at templates, not at collected files."""

from django import template

register = template.Library()


@register.simple_tag
def static(path):
    return f"/static/{path}"
