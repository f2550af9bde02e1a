"""What is selected, from lines to enterprises, and what the selection measures."""
