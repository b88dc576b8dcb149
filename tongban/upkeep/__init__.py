"""Keeping true what the city tells people: answers of the knowledge base, elements of guides.

A consult request that was answered well becomes a draft of its unit; two persons of the unit and
one of the hotline centre stand behind what is published. What people say is wrong in a guide lies
with the unit that owns that element, once for each element, until it is changed or explained.
"""
