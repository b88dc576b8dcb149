"""Addresses: each door brings its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import include, path

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
if "tongban.doors.desk" in settings.BUILT_ROOMS:
    urlpatterns.append(path("", include("tongban.doors.desk.urls")))
if "tongban.doors.citizen" in settings.BUILT_ROOMS:
    urlpatterns.append(path("", include("tongban.doors.citizen.urls")))
