"""Who is linked with whom: enterprises that share what few share, and officers with declarants beyond chance."""
