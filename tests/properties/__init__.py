"""What holds of every site and every document, on inputs that a machine makes up."""
