"""What carries the rows: DuckDB inside the process, or Spark."""
