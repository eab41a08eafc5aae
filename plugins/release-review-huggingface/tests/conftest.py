from __future__ import annotations

from hypothesis import settings

# An example may take long on a busy machine.
settings.register_profile("plugin", deadline=None, print_blob=True)
settings.load_profile("plugin")
