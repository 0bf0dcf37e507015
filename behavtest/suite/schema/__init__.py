"""The fields of suite files: the tables the loader goes by, and a JSON Schema for editors."""
