"""The desk: one inbox over all proceedings, one page for each, for those who decide.

The door renders any proceeding: header, open verbs, clocks with their why, what the item consumes
beside its materials, timeline. It decides nothing.
"""
