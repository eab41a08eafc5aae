"""What turns red, and when: past releases reviewed again on the days on which anything they rest on can change.

Waivers end, rules take effect, reviews fall due, channels open and close, evidence ages. `events` finds the days on
which any of that happens to a release, `work` reviews it on each of them, and `causes` says what made the difference.
"""

from __future__ import annotations

from release_review.audit.forecast.run import Forecast, forecast, setup_of
from release_review.audit.forecast.window import MOST_DAYS, Window
from release_review.audit.forecast.work import Change, Skipped

__all__ = ["MOST_DAYS", "Change", "Forecast", "Skipped", "Window", "forecast", "setup_of"]
