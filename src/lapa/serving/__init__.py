"""A policy behind HTTP and a websocket: what comes in is checked, what is asked together is answered together."""
