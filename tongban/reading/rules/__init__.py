"""Pure decisions of the reading room: from characters to labels. Nothing here knows Django."""
