"""Addresses: each door brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("tongban.doors.exchange.urls")),
    path("", include("tongban.doors.hall.urls")),
    path("", include("tongban.doors.line.urls")),
    path("", include("tongban.doors.openapi.urls")),
    path("", include("tongban.doors.voice.urls")),
    path("", include("tongban.doors.desk.urls")),
    path("", include("tongban.doors.citizen.urls")),
]
