"""Retrial for programs in Python: `retrial.drive` for drivers, `retrial.study()` for notebooks.

A model needs nothing of this: `import retrial` in a worker is docs/intermediate-results.md.
"""


def __getattr__(name):
    if name == "study":
        from retrial.notebook import study

        return study
    raise AttributeError(f"module 'retrial' has no attribute {name!r}")
