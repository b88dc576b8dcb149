"""Addresses of the telephone's door."""

from django.urls import path

from tongban.doors.voice import views

urlpatterns = [
    path("voice/", views.page, name="voice"),
    path("voice/events/", views.events, name="voice-events"),
    path("voice/orders/", views.orders, name="voice-orders"),
    path("voice/call/", views.call, name="voice-call"),
    path("voice/speech/", views.speech, name="voice-speech"),
    path("voice/state/", views.state, name="voice-state"),
]
