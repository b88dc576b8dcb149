"""Exchange: cases that a department works on in a system of its own, sent there once and heard of.

It carries messages and keeps what became of each. It decides nothing: what a message means for a
case is an action of the cases room.
"""
