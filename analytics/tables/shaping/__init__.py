"""A source brought into the shape of a table: columns found, values unpivoted, rows left out by rule."""
