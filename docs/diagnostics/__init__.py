"""The pages that `atpath explain CODE` shows, one a code."""
