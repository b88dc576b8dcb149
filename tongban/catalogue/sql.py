"""What the database knows of the catalogue beyond its tables."""

# A version is written once; only the end of its validity is set later (a trigger sees to it).
RUNTIME_GRANTS = {"catalogue_version": "select, insert, update (valid)"}

PUBLISHING_LOCK = 7_204_021
"""The advisory lock under which one publication at a time runs."""
