"""Figures as ratios: each work against a peer or a limit, interleaved, in one run on one machine (docs/benchmarks.md)."""
