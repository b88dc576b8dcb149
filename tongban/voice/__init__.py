"""The telephone of the hotline: what a call says, the spoken menu, who takes over.

A telephone system (or the page that plays one) sends events; the room keeps each once, in its
order, answers callers who talk to the menu, and hands a call with all that was said to one
operator. It is not the ticket (hotline is) and knows no wires: a bridge speaks to the PBX.
"""
