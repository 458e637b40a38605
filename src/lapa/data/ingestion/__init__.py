"""Raw episodes to clip shards: plan, encode in parallel, report, publish the record last."""
