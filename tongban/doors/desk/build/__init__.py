"""Putting the pages of the desk together from what the rooms answer."""

from tongban.doors.desk.build.assignments import assignments_page
from tongban.doors.desk.build.cases import case_page
from tongban.doors.desk.build.checks import check_page
from tongban.doors.desk.build.early import early_page
from tongban.doors.desk.build.hot import hot_page, hots_page
from tongban.doors.desk.build.inbox import found_page, inbox_page, wanted
from tongban.doors.desk.build.incidents import incident_page
from tongban.doors.desk.build.linked import with_linked
from tongban.doors.desk.build.order_lists import orders_page
from tongban.doors.desk.build.packages import package_page
from tongban.doors.desk.build.queues import keys, sidebar
from tongban.doors.desk.build.ratings import rectification_page
from tongban.doors.desk.build.records import record_page
from tongban.doors.desk.build.sides import side_page
from tongban.doors.desk.build.ticket_lists import figures_page, period, tickets_page
from tongban.doors.desk.build.tickets import ticket_page
from tongban.doors.desk.build.tried import Tried
from tongban.doors.desk.build.upkeep import answer_page, element_page
from tongban.doors.desk.build.words import TICKETS

__all__ = [
    "TICKETS",
    "Tried",
    "answer_page",
    "assignments_page",
    "case_page",
    "check_page",
    "early_page",
    "element_page",
    "figures_page",
    "found_page",
    "hot_page",
    "hots_page",
    "inbox_page",
    "incident_page",
    "keys",
    "orders_page",
    "package_page",
    "period",
    "record_page",
    "rectification_page",
    "side_page",
    "sidebar",
    "ticket_page",
    "tickets_page",
    "wanted",
    "with_linked",
]
