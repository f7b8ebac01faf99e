"""How sure a ranking is. Advisory: nothing here moves a rank, a line or a sum of money.

- `table`: scores as items × experts with gaps
- `mixed`: harsh and lenient experts, how much of a score is the item (REML)
- `agreement`: Kendall's W of each panel
- `outliers`: single marks that stand out
- `line`, `weights`: who is funded at every weight of quality against employment, exactly
- `people`: who changes state without one expert, or with other experts
- `expected_rank`: ranks with credible intervals
- `knapsack`: what would be funded for points alone
- `analysis`: all of it on a plain table
- `of_ranking`: all of it on a call's ranking, `of_hearing`: where the call has a hearing
- `two_stages`, `stage_weight`: both stages recomputed together; the hearing against the paper

Plain Python on numpy; scipy is imported where it is used, because it takes half a second that a
page seldom needs. Whatever is random is seeded from the digest of the data.
"""
