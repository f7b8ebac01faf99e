"""The draw of experts, protocol `steelyard-draw-1` (随机抽取). Plain Python.

Commit and reveal: the input is frozen and its hash published, operator and supervisor each publish
the hash of a secret, then both reveal; the seed follows from all of it, and every key, rank and
seat follows from the seed. Neither person can steer it alone, and anyone can recompute it from the
certificate.

- `protocol`: canonical JSON, hashes, commitments, seed, keys
- `pool`: the input, built and read with every fault named; `entities`: its types
- `eligibility`: who may take which seat, and the order of a seat
- `assignment`: the one best filling of all seats together, solved exactly (`columns`, `program`)
- `checking`: whether a filling obeys every rule
- `supply`: before the draw, which seats cannot be filled and why
- `replacement`: who stands by, and who follows when an expert gives up a seat
- `record`: the order of the recorded instants, and digests of what arithmetic cannot bind
- `matched`, `rematching`: experts to single applications instead of panels, and who follows there
- `certificate`: everything in one file, and its reproduction
"""
