"""The window: a clerk types for somebody who stands there, and hands the results over.

It opens drafts for people without an account, keeps what the applicant confirmed on the second
screen or on paper, and files only that. What a form is, what is filed and how it runs belongs to
the rooms below; cameras, card readers and pages belong to the door.
"""
