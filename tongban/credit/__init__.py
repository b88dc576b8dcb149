"""What an applicant's promises were worth: events on record, what they bar, and how they end.

It records broken promises and false commitments, answers before a new promise whether one of
them stands in the way, takes objections, and ends records. It is not a score, grades nobody and
punishes nothing: a record bars promising for a time, never applying.
"""
