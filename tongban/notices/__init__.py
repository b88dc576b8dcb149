"""Notices: what the house tells people, and whether it reached them.

Nouns: message, delivery. Verbs: send, mark as read, deliver.
Every message lands in the inbox at once; a short message by telephone follows through a
gateway, outside the quiet hours. Not here: who hears of what (the rooms above decide) and
whose telephone it is (an address book, wired in config, knows).
"""
