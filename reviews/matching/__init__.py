"""Experts to single applications, for calls without panels (按项目指派). Plain Python.

Every application gets so many experts, no expert more than their load, nobody who is barred.

- `problem`: what is given and what comes out, with the shortage said when it cannot be
- `flow`: the cheapest filling as a min-cost flow, exact although most pairs never enter it
- `total`: the greatest sum of affinities; ties by keys, so that there is one answer
- `duality`: a bound no total can pass, by weak duality
- `fair`: the greatest least score of an application, with the bound no filling can pass

Affinities are whole numbers, so that every optimum is exact. OR-tools solves the flows; it shares
a process with scipy's own HiGHS, but not with the package highspy.
"""
