"""The README.md of a folder that leaves the project: what the model is, where it comes from, how it is used."""
