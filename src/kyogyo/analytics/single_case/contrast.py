"""What a countermeasure changed, with trends and what happened to all teams at once taken out.

The weeks' log rates are compared by least squares: with several teams, each has a level of its
own and each week an effect common to all (so a season, a price change or a holiday is no effect);
one team has a level and a straight trend. Weeks that resemble their neighbours are weighted for
it: the resemblance is estimated without regard to when anything began, so the test stays exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from kyogyo.analytics.intervals import FloatArray
from kyogyo.analytics.single_case.designs import Bools, Design, Indices

_MOST_ALIKE = 0.8
_GRID = 0.1
# A pattern that levels and common weeks explain but for floating point.
NOTHING = 1e-6


@dataclass(slots=True)
class Contrast:
    """The comparison of one design, for `weights` [teams, weeks] (0 = the week is left out).

    What depends on the weights and the resemblance alone is kept, for many series of one shape.
    """

    design: Design
    assignments: Indices
    weights: FloatArray
    _forms: dict[float, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    def alike(self, logs: FloatArray) -> float:
        """How much weeks resemble the one before, in steps of 0.1: 0 to 0.8."""
        known = self.weights > 0
        rest = self._residuals(np.where(known, logs, 0.0))
        both = known[:, 1:] & known[:, :-1]
        total = float(np.sum(rest[known] ** 2))
        if total <= 0 or not np.any(both):
            return 0.0
        share = float(np.sum(both)) / max(float(np.sum(known)), 1.0)
        r = float(np.sum((rest[:, 1:] * rest[:, :-1])[both])) / total / share
        weeks = float(np.sum(known)) / known.shape[0]
        r += (1 + 3 * r) / weeks if known.shape[0] > 1 else (2 + 4 * r) / weeks
        return float(round(min(max(r, 0.0), _MOST_ALIKE) / _GRID) * _GRID)

    def scores(
        self, logs: FloatArray, *, observed: Bools | None = None, alike: float | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Score and reach of each assignment [n]; the estimate is score / reach.

        With `observed` [teams, weeks] given, reach is how much of a step there each assignment
        would pick up; else each one's own. 0 where an assignment can't be told from the rest.
        """
        known = self.weights > 0
        alike = self.alike(logs) if alike is None else alike
        q, norm = self._form(alike)
        safe = np.where(norm > NOTHING, norm, np.inf)
        score = self._over(q @ np.where(known, logs, 0.0).ravel()) / safe
        if observed is None:
            return score, norm
        step = np.where(known, observed, 0.0)
        return score, self._over(q @ step.ravel()) / safe

    def one(self, logs: FloatArray, pattern: Bools, *, alike: float) -> tuple[float, float]:
        """Score and reach of one pattern [teams, weeks]."""
        known = self.weights > 0
        step = np.where(known, pattern, 0.0).ravel()
        q, _ = self._form(alike)
        norm = math.sqrt(max(float(step @ q @ step), 0.0))
        if norm <= NOTHING:
            return 0.0, 0.0
        return float(step @ q @ np.where(known, logs, 0.0).ravel()) / norm, norm

    def _over(self, values: FloatArray) -> FloatArray:
        """The sum of `values` [teams * weeks] over the weeks that each assignment switches on."""
        teams = self.design.teams
        by_option = values.reshape(self.weights.shape)[:teams] @ self.design.options.T.astype(float)
        return np.asarray(by_option[np.arange(teams)[None, :], self.assignments].sum(axis=1))

    def _form(self, alike: float) -> tuple[FloatArray, FloatArray]:
        """The quadratic form that takes out levels and common weeks, and each assignment's norm."""
        if alike not in self._forms:
            white = self._whitener(alike)
            x = white @ self._nuisance()
            q, _, _ = np.linalg.svd(x, full_matrices=False)
            rank = int(np.linalg.matrix_rank(x))
            rest = white - q[:, :rank] @ (q[:, :rank].T @ white)
            form = rest.T @ rest
            self._forms[alike] = form, self._norms(form)
        return self._forms[alike]

    def _norms(self, form: FloatArray) -> FloatArray:
        teams, weeks = self.weights.shape
        options = self.design.options.astype(float)
        blocks = form.reshape(teams, weeks, teams, weeks)
        total = np.zeros(self.assignments.shape[0])
        for k in range(self.design.teams):
            for m in range(k, self.design.teams):
                pairs = options @ blocks[k, :, m, :] @ options.T
                part = pairs[self.assignments[:, k], self.assignments[:, m]]
                total += part if k == m else 2 * part
        return np.sqrt(np.maximum(total, 0.0))

    def _nuisance(self) -> FloatArray:
        """[teams * weeks, columns]: levels of the teams, and common weeks or a trend."""
        teams, weeks = self.weights.shape
        levels = np.kron(np.eye(teams), np.ones((weeks, 1)))
        common = np.eye(weeks) if teams > 1 else np.linspace(-1.0, 1.0, weeks)[:, None]
        return np.hstack([levels, np.tile(common, (teams, 1))])

    def _whitener(self, alike: float) -> FloatArray:
        """Takes from each week what it shares with the one before, and weighs it by its cases."""
        teams, weeks = self.weights.shape
        known = self.weights > 0
        size = teams * weeks
        matrix = np.zeros((size, size))
        for k in range(teams):
            for t in range(weeks):
                here, follows = k * weeks + t, t > 0 and bool(known[k, t - 1])
                if known[k, t]:
                    matrix[here, here] = 1.0 if follows else math.sqrt(1 - alike**2)
                    if follows:
                        matrix[here, here - 1] = -alike
        return np.asarray(np.sqrt(self.weights).ravel()[:, None] * matrix)

    def _residuals(self, logs: FloatArray) -> FloatArray:
        """What levels and common weeks leave of each week."""
        root = np.sqrt(self.weights).ravel()
        x = root[:, None] * self._nuisance()
        beta, *_ = np.linalg.lstsq(x, root * logs.ravel(), rcond=None)
        rest = logs.ravel() - self._nuisance() @ beta
        return np.asarray(np.where(root > 0, rest, 0.0).reshape(logs.shape))
