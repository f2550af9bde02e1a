"""Whether the goods of one code are alike: several grades, told by enterprises or by prices that most places hold."""
