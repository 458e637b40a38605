"""Pictures and video files: reading, turning upright, writing."""
