"""Fees and payment: what is owed by content alone, paid through a bank, proven, and given back.

It is not an account book of the treasury, and it knows no items and no packages: rooms above say
what is owed, by whom and for which case. No fee that the content does not name can be asked for
(行政许可法 58, 59).
"""
