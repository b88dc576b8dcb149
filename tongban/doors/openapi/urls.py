"""Addresses for programs; GeoReport v2 names the form of the answer at their end: json or xml."""

from django.urls import path

from tongban.doors.openapi import georeport

urlpatterns = [
    path("open311/discovery.<str:form>", georeport.discovery, name="open311-discovery"),
    path("open311/v2/services.<str:form>", georeport.services, name="open311-services"),
    path("open311/v2/services/<slug:code>.<str:form>", georeport.service, name="open311-service"),
    path("open311/v2/requests.<str:form>", georeport.requests, name="open311-requests"),
    path("open311/v2/requests/<str:number>.<str:form>", georeport.one, name="open311-request"),
    path("open311/v2/tokens/<str:number>.<str:form>", georeport.token, name="open311-token"),
]
