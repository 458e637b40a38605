"""What was predicted, as files: JSON, NPZ, video, picture."""
