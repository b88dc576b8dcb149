"""Tongban (通办): one thing done for a person or an enterprise, many offices working behind it."""
