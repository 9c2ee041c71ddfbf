"""How long scikit-learn's Mahalanobis distance takes, in seconds of processor time: the median of some rounds."""

import os

# One thread, so that processor time is what one core takes.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import statistics
import sys
import time

import numpy as np
from sklearn.covariance import EmpiricalCovariance

learned, scored, width, rounds, seed = (int(value) for value in sys.argv[1:])
chance = np.random.default_rng(seed)
region = EmpiricalCovariance().fit(chance.normal(size=(learned, width)))
rows = chance.normal(size=(scored, width))
times = []
for _ in range(rounds):
    before = time.process_time()
    region.mahalanobis(rows)
    times.append(time.process_time() - before)
print(statistics.median(times[1:]))
