"""The door for programs of others: Open311 GeoReport v2, so that a 311 app can report and follow.

Whoever reports shows a key; what was reported is read by everybody, without who reported it. It
decides nothing: `hotline` keeps the rules.
"""
