"""What an objective asks for, learned from the runs that asked for more than was proposed.

An objective is a program: what it asks for next may depend on what it was answered. A Structure
guesses that from runs that it has seen. A wrong guess costs one short trial, from which it learns.
"""

import json

END = ("end", None)  # nothing more is asked for


class Structure:
    def __init__(self):
        self.runs = []  # lists of (name, kind, value), as kinds are in a space
        self.kinds = {}  # name -> the last kind seen

    def learn(self, asked, ended):
        """What a run asked for; `ended`: it was not cut short, and asked for nothing more."""
        self.runs.append([tuple(one) for one in asked] + ([END] if ended else []))
        for name, kind, _ in asked:
            self.kinds[name] = kind

    def next(self, names, values):
        """(name, kind) of what is asked for behind these; END; or None if that is not known."""
        alike = [run for run in self.runs if [one[0] for one in run[: len(names)]] == names]
        if not alike:
            return None
        place = len(names)
        found = _outcomes(alike, place)
        if len(found) == 1:
            return next(iter(found.values()))
        for i in self._discriminating(alike, place):
            group = [run for run in alike if run[i][2] == values[names[i]]]
            if group:
                return next(iter(_outcomes(group, place).values()))
        return None

    def _discriminating(self, runs, place):
        """Places whose values, one by one, tell what comes next; the plainest first."""
        good = []
        for i in range(place):
            by_value = {}
            for run in runs:
                by_value.setdefault(json.dumps(run[i][2]), []).append(run)
            if all(len(_outcomes(group, place)) == 1 for group in by_value.values()):
                good.append(("choice" not in runs[0][i][1], len(by_value), i))
        return [i for _, _, i in sorted(good)]


def _outcomes(runs, place):
    """What came next, by its text. A run that was cut short says END where no other knows better."""
    found = {}
    for run in runs:
        if len(run) > place:
            outcome = tuple(run[place][:2])
            found[json.dumps(outcome)] = outcome
    return found or {json.dumps(END): END}


def asked_of(reason):
    """What a trial asked for, by the reason that it ended for: {"asked": [[name, kind, value],
    ...], "proposed": how many of them it had been given, "ended": whether it would have asked for
    no more}; None if it ended otherwise."""
    _, _, line = (reason or "").partition("\n")
    try:
        found = json.loads(line)
        return found if isinstance(found, dict) and "asked" in found else None
    except ValueError:
        return None
