"""What is drawn at random: fixed, or by what the draws have taught, with a floor that keeps every unit in sight."""
