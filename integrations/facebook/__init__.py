"""Facebook Ads: accounts, campaigns and daily insights read into records."""
