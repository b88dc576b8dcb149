"""The citizen's door: find a package, ask, guide, apply, my things, licences, verify.

Views here translate between pages and the actions and queries of the rooms; they decide nothing.
Everything works without JavaScript; htmx and one small script add comfort.
"""
