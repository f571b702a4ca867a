"""A fleet of replicas behind one front, simulated with SimPy: python -m bench.cluster_sim."""
