"""Addresses of the exchange."""

from django.urls import path

from tongban.doors.exchange import relay, views

urlpatterns = [
    path(
        "exchange/<slug:system>/files/<str:number>/<int:file_id>/",
        views.file,
        name="exchange-file",
    ),
    path("relay/<slug:partner>/", relay.messages, name="relay-messages"),
    path("exchange/<slug:system>/", views.messages, name="exchange-messages"),
]
