"""Reads free text: labels with confidence and reasons, likeness of two texts, what is named in it.

It learns from labelled examples (a lesson for each task), labels texts, says how sure it is and
which pieces of the text weigh most; tells how alike two texts are; finds places, times, telephone
numbers and sums, and masks personal data. It knows no kind of request and no label: rooms above
name their tasks and bring their examples, gazetteers and rules.
"""
