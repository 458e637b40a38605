"""MetaWorld as a simulator: tasks that others wrote, with LeRobot's sentences and camera."""
