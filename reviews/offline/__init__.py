"""离线评分: score sheets as a workbook to print or fill without network, and its strict reading.

`blank` says what stands on a sheet and how it is known again, `workbook` writes it, `opening` lets
only harmless files through, `reading` finds every fault of a filled one.
"""
