"""All scores of one checkpoint on one page: kept beside its findings, compared with those of others."""
