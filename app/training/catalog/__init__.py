"""The catalogue: tracks, exercises, reasons and evidence, as data and as checked values.

A physiotherapist edits the TOML files: `tracks/*.toml` has the ladder, texts and rules of each
track, `shared.toml` what all tracks share, `evidence.toml` the findings and `sentences.toml` the
reasons and notices. A developer adds a track as one more file in `tracks/`.
docs/adding-a-track.md explains both and every field.
"""
