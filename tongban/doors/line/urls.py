"""Addresses of the operator's door."""

from django.urls import path

from tongban.doors.line import views

urlpatterns = [
    path("line/", views.call, name="line-call"),
    path("line/live/", views.live, name="line-live"),
    path("line/done/<str:number>/", views.done, name="line-done"),
]
