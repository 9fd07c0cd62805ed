"""The Runs page: every run with its state and its result, and what differs between some of them."""
