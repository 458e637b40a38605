"""Predicted actions drawn beside the frame, and beside what was really done."""
