"""Expansion models: one file per question about what civilizations take."""
