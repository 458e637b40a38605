"""Foundation models: image and instruction to latent action codes, by interchangeable backends."""
