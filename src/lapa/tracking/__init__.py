"""MLflow when its server is away: what is written meanwhile, and who writes."""
