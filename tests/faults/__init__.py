"""Real workers that are killed, real queues that are wiped, real processes that race: nothing lost, nothing paid twice.

The normal run is short. `make prove` runs the long one: 100 kills, 20 races for the last dollar.
"""
