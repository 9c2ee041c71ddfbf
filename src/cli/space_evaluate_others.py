"""Other classifiers on the same folds, by scikit-learn: JSON in, a JSON line for each fit out."""

import json
import sys

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.preprocessing import StandardScaler

CLASSIFIERS = {
    "nearest centroid": lambda seed: NearestCentroid(),
    "LDA": lambda seed: LinearDiscriminantAnalysis(),
    "1-NN": lambda seed: KNeighborsClassifier(1),
    "5-NN": lambda seed: KNeighborsClassifier(5),
    "random forest": lambda seed: RandomForestClassifier(100, random_state=seed, n_jobs=1),
}

asked = json.load(sys.stdin)
seed = asked["seed"]
columns = np.array([[np.nan if v is None else v for v in c] for c in asked["columns"]], float)
classes = np.array(asked["classes"])
rows = columns.T
# As people do it: logarithms on both sides of zero, standard deviations, the mean for what is missing.
rows = np.sign(rows) * np.log1p(np.abs(rows))
for parts in asked["parts"]:
    parts = np.array(parts)
    for part in sorted(set(parts.tolist())):
        train, test = parts != part, parts == part
        scaler = StandardScaler().fit(rows[train])
        known, new = (np.nan_to_num(scaler.transform(rows[at])) for at in (train, test))
        for name, make in CLASSIFIERS.items():
            told = make(seed).fit(known, classes[train]).predict(new)
            print(json.dumps({
                "name": name,
                "accuracy": accuracy_score(classes[test], told),
                "macro_f1": f1_score(classes[test], told, average="macro", zero_division=0),
            }), flush=True)
