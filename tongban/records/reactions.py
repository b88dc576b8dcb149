"""Where the rooms above hang their reactions to what happened.

The journal itself reacts to nothing. A room calls `subscribe` from its own `reactions.py`.
"""

from tongban.records.events import subscribe

__all__ = ["subscribe"]
