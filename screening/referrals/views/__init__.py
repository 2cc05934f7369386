"""Pages of a referral and its letter."""
