"""Where the time of a training step goes: its parts, its operators, and a page that names the bottleneck."""
