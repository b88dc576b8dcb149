"""Tongban (通办): a person or an enterprise gets one thing done, while many offices work behind it."""
