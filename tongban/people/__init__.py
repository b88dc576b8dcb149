"""People: who somebody is, whom they may act for, and which post they hold.

Nouns: party (a natural or legal person), account, post, department, region, authorisation.
Verbs: register, sign in, change a password, enrol a second factor, authorise, confirm, revoke.
Not here: what a post may do in a proceeding (the machines say that) and messages to people.
"""
