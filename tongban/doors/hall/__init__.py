"""The door of the service hall: a clerk's window, and the screen that faces the applicant.

Everything is done from the keyboard, one step after the other; devices are reached through the
bridge on the clerk's machine. It decides nothing: `window` and the rooms below keep the rules.
"""
