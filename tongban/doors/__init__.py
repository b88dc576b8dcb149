"""The doors: where people come in. A door translates between pages and the rooms' actions.

A door calls actions and queries, never tables, and decides nothing itself. Every view names who
may open it: the decorator of `tongban.doors.access` leaves the attribute `tongban_permission` on
the view, and a test walks every address and refuses a view without it.
"""
