"""A study's results: intervals over pretraining seeds, labelled subsets and scenes, tables, plots, the page."""
