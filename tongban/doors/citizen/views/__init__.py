"""Views of the citizen's door: translate between pages and the rooms, decide nothing."""
