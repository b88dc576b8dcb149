"""What the tests stand on. Property tests have no time limit: these machines are shared."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
