"""Audits: many manifests reviewed with the one `review()`, and what comes of them.

```
corpus ── items ──▶ batches ── executor: work ──▶ rows ── ledger ──▶ report, impact, forecast, diff
```

A corpus is folders, files and registries. It is cut into batches of a fixed size, so that whoever carries them out, in
whatever order, gives the same rows. A ledger keeps every batch that is done; an audit that was stopped goes on with
those that are not.
"""
