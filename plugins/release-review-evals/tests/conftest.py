"""Settings of the tests: how long one takes says nothing on a busy machine."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("plugin", deadline=None)
settings.load_profile("plugin")
