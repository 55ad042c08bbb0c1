"""What a review says to people: headline, comment, annotations, commit status. Pure text from model values."""
