"""Pages: member (what members see), manage (cadres), and one file for each larger matter."""
