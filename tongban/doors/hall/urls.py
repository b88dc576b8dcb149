"""Addresses of the hall."""

from django.urls import path

from tongban.doors.hall.views import confirming, delivery, instant, intake, materials, screens

urlpatterns = [
    path("hall/", intake.start, name="hall-start"),
    path("hall/next/", intake.following, name="hall-next"),
    path("hall/thing/", intake.thing, name="hall-thing"),
    path("hall/ask/", intake.ask, name="hall-ask"),
    path("hall/<uuid:draft>/take-up/", intake.take_up, name="hall-take-up"),
    path("hall/<uuid:draft>/give-up/", intake.give_up, name="hall-give-up"),
    path("hall/<uuid:draft>/form/", intake.form, name="hall-form"),
    path("hall/<uuid:draft>/materials/", materials.materials, name="hall-materials"),
    path("hall/<uuid:draft>/capture/", materials.capture, name="hall-capture"),
    path("hall/<uuid:draft>/sort/", materials.sort, name="hall-sort"),
    path("hall/<uuid:draft>/original/", materials.original, name="hall-original"),
    path("hall/<uuid:draft>/remove/", materials.remove, name="hall-remove"),
    path("hall/<uuid:draft>/file/<int:file_id>/", materials.picture, name="hall-file"),
    path("hall/<uuid:draft>/read/<int:file_id>/", materials.read, name="hall-read"),
    path("hall/<uuid:draft>/take-over/", materials.take_over, name="hall-take-over"),
    path("hall/<uuid:draft>/confirm/", confirming.confirm, name="hall-confirm"),
    path("hall/<uuid:draft>/signers/", confirming.ask_signers, name="hall-signers"),
    path("hall/<uuid:draft>/show/", confirming.show, name="hall-show"),
    path("hall/<uuid:draft>/state/", confirming.state, name="hall-state"),
    path("hall/<uuid:draft>/print/", confirming.printout, name="hall-print"),
    path("hall/<uuid:draft>/signed/", confirming.signed, name="hall-signed"),
    path("hall/<uuid:draft>/submit/", confirming.submit, name="hall-submit"),
    path("hall/done/<str:number>/", confirming.done, name="hall-done"),
    path("hall/delivery/", delivery.deliveries, name="hall-deliveries"),
    path("hall/delivery/<str:number>/", delivery.delivery, name="hall-delivery"),
    path("hall/delivery/<str:number>/slip/", delivery.slip, name="hall-slip"),
    path("hall/delivery/<str:number>/hand/", delivery.hand, name="hall-hand"),
    path("hall/delivery/<str:number>/post/", delivery.post, name="hall-post"),
    path("hall/delivery/<str:number>/arrived/", delivery.arrived, name="hall-arrived"),
    path("hall/delivery/<str:number>/returned/", delivery.returned, name="hall-returned"),
    path("hall/instant/", instant.instants, name="hall-instants"),
    path("hall/instant/<str:number>/", instant.instant, name="hall-instant"),
    path("hall/pair/", screens.pair, name="hall-pair"),
    path("hall/screen/", screens.enter, name="hall-screen-enter"),
    path("hall/screen/<str:code>/", screens.screen, name="hall-screen"),
    path("hall/screen/<str:code>/state/", screens.state, name="hall-screen-state"),
]
