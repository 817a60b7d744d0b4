"""The clocks of a case: when each limit is due, and what a clock says when nobody acted in time."""
