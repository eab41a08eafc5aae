"""The JSON Schemas of everything this package reads and writes, versioned."""
