"""Search for parameters: trials that Optuna asks for, made by the engine of studies."""
