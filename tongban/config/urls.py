"""Addresses: each door brings its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import include, path

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

# BUILD-UP: a door without addresses yet is left out; strict at the end.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"tongban.doors.{door}.urls"))
    for door in ("desk", "citizen")
    if (settings.PACKAGE / "doors" / door / "urls.py").exists()
]
