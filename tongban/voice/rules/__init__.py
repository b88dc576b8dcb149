"""Pure decisions of the voice room: what an event says, and what the menu answers."""
