"""GA4GH Phenopackets, version 2: people as JSON, read and written."""
