"""Everything made up that tests work on: recordings, shard sets, models, runs; all of it small and seeded."""
