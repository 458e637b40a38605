"""How models are trained: modules, trainers, launching, tracking. No Kedro here."""
