"""What people fill in: signup (members), editing and deciding (cadres)."""
