"""Good and bad reviews (好差评): who is asked, what was said, how a bad review is put right.

It invites, takes ratings without any default, opens a rectification for each bad one, flags what
looks like cheating, and counts so that the numbers cannot be gamed. It does not rank people,
punishes nobody and knows neither packages nor tickets: what happened reaches it by the journal.
"""
