"""What detail="full" appends to every declaration line: goods in words, clearance, what customs confirmed."""
