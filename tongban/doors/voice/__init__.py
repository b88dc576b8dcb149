"""The door of the telephone: one address for a telephone system, one page that plays a telephone.

Events are signed by the telephone system; the page is for trying the menu without one.
"""
