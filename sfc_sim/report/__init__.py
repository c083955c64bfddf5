"""Reports as text, JSON, CSV and pages."""
