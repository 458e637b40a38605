"""Pictures, clips, shard sets and source datasets, all read as recordings."""
