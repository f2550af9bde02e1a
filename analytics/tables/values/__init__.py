"""Values as they are written: figures, dates and codes recognised from all values of a column."""
