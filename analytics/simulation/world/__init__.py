"""What the simulated customs is made of: places, seasons, goods, tariff, taxes, enterprises."""
