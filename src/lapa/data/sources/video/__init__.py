"""Folders of videos and pictures, with or without arrays beside them."""
