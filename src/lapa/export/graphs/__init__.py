"""What is exported of each kind of model: modules from tensors to tensors, with everything in between inside."""
