"""Licences: e-licences from the decision that grants them to the day they end.

A licence is made from the decision's data (never typed again), numbered, rendered, sealed and
stored; its state changes are versions that nobody edits; everybody can verify it without an
account. Licences issued elsewhere are mirrored, never reissued. The room knows item and licence
definitions, holders and files; it knows no proceedings beyond their ids.
"""
