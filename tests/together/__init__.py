"""Several services' rules together, in memory and in virtual time: what only shows where acts, clocks and cards meet."""
