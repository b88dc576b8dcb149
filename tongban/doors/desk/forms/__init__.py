"""The verbs of the desk: what each asks for, how it is read, and which action it calls."""

from tongban.doors.desk.forms.reading import checked, kept, plain, search_text, typed
from tongban.doors.desk.forms.verbs import Data, Input, Verb, verbs_of

__all__ = ["Data", "Input", "Verb", "checked", "kept", "plain", "search_text", "typed", "verbs_of"]
