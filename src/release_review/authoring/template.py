"""Files to start from: templates that lie beside this module, with `%{name}` where something is to be put."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources

_PLACE = re.compile(r"^%\{(?P<line>[a-z_]+)\}\n|%\{(?P<word>[a-z_]+)\}", re.MULTILINE)


def filled(name: str, values: Mapping[str, str]) -> str:
    """Give the text of a template with its places filled.

    The values go in as they are: whoever gives them has escaped them for the format of the file. A line that is one
    place and nothing else goes away where its value is empty.

    Args:
        name: Path of the template in `templates/`, without its ending `.template`.
        values: What goes into the places, by their names.

    Raises:
        KeyError: A place has no value.
    """
    template = resources.files(__package__).joinpath("templates", f"{name}.template").read_text(encoding="utf-8")
    return _PLACE.sub(lambda match: _put(match, values), template)


def _put(match: re.Match[str], values: Mapping[str, str]) -> str:
    if match["word"]:
        return values[match["word"]]
    value = values[match["line"]]
    return f"{value}\n" if value else ""
