"""Whether what the model learns from was known when a line was declared."""
