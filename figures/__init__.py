"""The figures, a script for each; `python -m figures` remakes them all."""
