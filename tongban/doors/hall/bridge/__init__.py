"""The bridge: a small program on the clerk's machine between the window's page and its devices.

It listens on the loopback address alone and speaks JSON over HTTP (docs/howto/window-devices.md).
It knows nothing of applications: it reads a card, takes a picture, prints a page.
"""
