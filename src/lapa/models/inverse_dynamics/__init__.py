"""What was done between two frames, guessed from the frames: the model of VPT, small."""
