"""Other detectors of anomalies on the same rows, by PyOD: JSON in, for each split and detector a JSON line out."""

import json
import sys

import numpy as np
from pyod.models.ecod import ECOD
from pyod.models.iforest import IForest
from pyod.models.knn import KNN
from sklearn.preprocessing import StandardScaler

DETECTORS = {
    "PyOD KNN": lambda seed: KNN(),
    "PyOD IForest": lambda seed: IForest(random_state=seed),
    "PyOD ECOD": lambda seed: ECOD(),
}

asked = json.load(sys.stdin)
seed = asked["seed"]


def rows(values):
    return np.array([np.nan if v is None else v for v in values], float).reshape(-1, asked["width"])


for at, split in enumerate(asked["splits"]):
    history, new = rows(split["history"]), rows(split["rows"])
    scaler = StandardScaler().fit(history)
    # As people do it: the mean for what is missing.
    history, new = (np.nan_to_num(scaler.transform(some)) for some in (history, new))
    for name, make in DETECTORS.items():
        scores = make(seed + at).fit(history).decision_function(new)
        print(json.dumps({"name": name, "split": at, "scores": scores.tolist()}), flush=True)
