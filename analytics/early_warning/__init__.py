"""Early warning: many monthly series watched, and what left its own past told."""
