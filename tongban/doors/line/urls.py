"""Addresses of the operator's door."""

from django.urls import path

from tongban.doors.line import calls, conferring, views

urlpatterns = [
    path("line/", views.call, name="line-call"),
    path("line/live/", views.live, name="line-live"),
    path("line/waiting/", calls.waiting, name="line-waiting"),
    path("line/ring/", calls.ring, name="line-ring"),
    path("line/take/", calls.take, name="line-take"),
    path("line/end/", calls.end, name="line-end"),
    path("line/leave/", calls.leave, name="line-leave"),
    path("line/conference/<str:number>/", conferring.conference, name="line-conference"),
    path("line/done/<str:number>/", views.done, name="line-done"),
]
