"""What happens, in which order: the six Kedro pipelines."""
