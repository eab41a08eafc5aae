"""Where a file of a release is published: the commit that its address names."""

from __future__ import annotations

import re

_COMMIT = r"(?P<commit>[0-9a-f]{64}|[0-9a-f]{40})"
_OWNED = r"[^/@?#]+/[^/@?#]+"

# huggingface_hub, "Interact with the Hub through the Filesystem API": `hf://OWNER/NAME@REVISION/PATH`, with a prefix
# for what is no model. The pages of a model are `/OWNER/NAME/resolve/REVISION/PATH`, or with another word before it.
_HUB = re.compile(rf"hf://(?:models/)?{_OWNED}@{_COMMIT}(?:/.*)?", re.DOTALL)
_PAGE = re.compile(
    rf"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?!datasets/|spaces/|api/){_OWNED}"
    rf"/(?:resolve|blob|raw|tree|commit)/{_COMMIT}(?:[/?#].*)?",
    re.DOTALL,
)


def commit_of(uri: str) -> str:
    """Give the commit of a model on Hugging Face that an address names, in lower case; empty where it names none.

    Digits in another place, as in a query or in the address of another host, may mean anything.
    """
    found = _HUB.fullmatch(uri.lower()) or _PAGE.fullmatch(uri.lower())
    return found["commit"] if found else ""
