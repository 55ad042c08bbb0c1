"""Git and local folders as the source of what every site should be: the only package that touches git."""
