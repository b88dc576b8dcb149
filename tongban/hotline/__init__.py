"""12345: what people ask of the city, with whom it lies, when it is answered, whether it helped.

A ticket is the caller's: received once, answered once, called back about. What a unit does for it
is a task of that unit below the ticket, so that a return, a second unit or a second round leaves
its own trace and its own clocks. The room is not the telephone (doors and gateways are), not the
knowledge base, and it grades nobody (ratings do).
"""
