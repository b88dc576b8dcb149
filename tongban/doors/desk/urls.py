"""Addresses of the desk."""

from django.urls import path

from tongban.doors.desk import (
    batch,
    exchange,
    hot,
    licences,
    posts,
    ratings,
    shops,
    starting,
    tickets,
    upkeep,
    views,
)

urlpatterns = [
    path("desk/", views.inbox, name="desk-inbox"),
    path("desk/find/", views.find, name="desk-find"),
    path("desk/file/<int:file_id>/<str:number>/", views.file, name="desk-file"),
    path("desk/licences/<str:identifier>/", licences.licence, name="desk-licence"),
    path("desk/next/<str:number>/", views.following, name="desk-next"),
    path("desk/batch/", batch.batch, name="desk-batch"),
    path("desk/exchange/", exchange.exchange, name="desk-exchange"),
    path("desk/posts/", posts.posts, name="desk-posts"),
    path("desk/one-licence/<str:serial>/", shops.one_licence, name="desk-one-licence"),
    path("desk/more-time/", starting.waiting, name="desk-more-times"),
    path("desk/more-time/<int:request_id>/", starting.answer, name="desk-more-time"),
    path("desk/ratings/", ratings.ratings, name="desk-ratings"),
    path("desk/ratings/flags/", ratings.flags, name="desk-rating-flags"),
    path("desk/ratings/report/<str:month>/", ratings.report, name="desk-ratings-report"),
    path("desk/reports/", shops.reports, name="desk-reports"),
    path("desk/reports/<int:report_id>/", shops.report, name="desk-report"),
    path("desk/hot/", hot.issues, name="desk-hots"),
    path("desk/hot/<str:number>/", hot.issue, name="desk-hot"),
    path("desk/answers/", upkeep.answers, name="desk-answers"),
    path("desk/tickets/", tickets.tickets, name="desk-tickets"),
    path("desk/tickets/figures/", tickets.figures, name="desk-ticket-figures"),
    path("desk/tickets/<str:number>/", tickets.ticket, name="desk-ticket"),
    path("desk/tickets/<str:number>/caller/", tickets.caller, name="desk-ticket-caller"),
    path("desk/tickets/<str:number>/check/", tickets.check, name="desk-ticket-check"),
    path("desk/<str:number>/", views.proceeding, name="desk-proceeding"),
    path("desk/<str:number>/<str:verb>/", views.act, name="desk-act"),
    path("open/assignments/", views.assignments_today, name="assignments-today"),
    path("open/assignments/<str:day>/", views.assignments, name="assignments"),
    path("open/assignments/<str:day>.json", views.assignments_data, name="assignments-data"),
]
