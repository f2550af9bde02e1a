"""What is known of a line before it is inspected."""
