"""The door of departments' own systems: one address that takes signed messages, no pages."""
