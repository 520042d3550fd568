"""VCF and BCF: header, index, rows by region."""
