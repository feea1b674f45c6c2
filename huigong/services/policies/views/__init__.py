"""Pages of policies: what everybody reads, and what cadres look after."""
