"""`driver: {use: optuna...}` without a space: the entry is an objective of Optuna's, a function of
one `trial`, that asks for its parameters itself.

The driver asks Optuna's own trial in the objective's place, as far as it knows what that asks for
(retrial/structure.py). A trial that asks for more ends at once, and is proposed again with it.
"""

import json

from retrial import space as spaces
from retrial.optuna_driver import Proposer, suggest
from retrial.structure import END, Structure, asked_of


def _kind(name, spec):
    return spaces.kind_of(name, spec)


class ObjectiveProposer(Proposer):
    def __init__(self, optuna, study):
        self.structure = Structure()
        self.again = []  # params to be proposed with what was missing
        self.first = True  # nothing is known yet, and nobody has been sent to find out
        super().__init__(optuna, study, spaces.Space({}))

    def ask(self):
        if self.again:
            return self.again.pop(0)
        if self.ended or self.asked == self.most:
            return None  # those that are open may still ask for more
        if not self.structure.runs and not self.first:
            return None  # what the first finds out serves all others
        self.first = False
        self.asked += 1
        return self.propose(self.study.ask(), {})

    def propose(self, trial, params):
        """Params of a trial as far as it is known what is asked for; they are noted as open."""
        values = dict(params)
        while True:
            found = self.structure.next(list(values), values)
            if found is None or found == END:
                break
            name, kind = found
            values[name] = suggest(trial, name, _kind(name, kind))
        self.note(trial, values)
        return values

    def tell(self, done):
        asks = asked_of(done.reason) if done.outcome == "pruned" else None
        if asks is None:
            super().tell(done)
            return
        self.structure.learn(asks["asked"], asks["ended"])
        if not done.earlier:
            self.ask_for_more(self.take(done), asks)

    def ask_for_more(self, trial, asks):
        given = {name: value for name, _, value in asks["asked"][: asks["proposed"]]}
        if set(trial.params) != set(given):  # it was asked for what the objective never wants
            self.study.tell(trial, state=self.optuna.trial.TrialState.FAIL)
            self.study.enqueue_trial(
                {name: self.offered(name, value) for name, value in given.items()}
            )
            trial = self.study.ask()
            for name, kind, _ in asks["asked"][: asks["proposed"]]:
                suggest(trial, name, _kind(name, kind))
        name, kind, _ = asks["asked"][asks["proposed"]]  # whatever others were asked for here
        given[name] = suggest(trial, name, _kind(name, kind))
        self.again.append(self.propose(trial, given))

    def offered(self, name, value):
        listed = isinstance(value, (list, dict))
        return json.dumps(value) if listed else value

    def _remember(self, done):
        asks = asked_of(done.reason) if done.outcome == "pruned" else None
        if asks is not None:
            self.structure.learn(asks["asked"], asks["ended"])
            return
        kinds = self.structure.kinds
        if done.params and all(name in kinds for name in done.params):
            self.space = spaces.Space({name: kinds[name] for name in done.params})
            super()._remember(done)
