"""The built-in analyses, one class a file; `lapa.evaluation.registry` lists them in the order of the page."""
