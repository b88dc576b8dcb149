"""Views of the hall: translate between the window's pages and the rooms' actions."""
