"""The folders that stages write in: who may write, what was asked for, how scratch is named."""
