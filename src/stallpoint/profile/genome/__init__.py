"""From a VCF to calls: present, absent, not tested."""
