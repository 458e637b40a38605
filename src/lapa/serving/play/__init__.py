"""`lapa play`: a page on which one turns the codes of a quantiser and sees what they draw."""
