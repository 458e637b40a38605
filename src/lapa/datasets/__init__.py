"""How artefacts are stored and published: Kedro datasets."""
