"""Real workers that are killed, real queues that are wiped, real processes that race: nothing lost, nothing paid twice.

The normal run is short. `make prove` kills a hundred times; `TEST_RACES=20` races twenty times for the last dollar.
"""
