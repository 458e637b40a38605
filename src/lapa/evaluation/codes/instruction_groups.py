"""Instructions as groups: the sentence, its verb, sentences that resemble each other (V9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer

MAX_CLUSTERS = 8


@dataclass(frozen=True, kw_only=True)
class InstructionGroups:
    """One way to group the instructions of pairs."""

    name: str
    """``instruction``, ``verb`` or ``cluster``."""
    names: tuple[str, ...]
    """Of the groups; a cluster is called by its commonest sentence."""
    number: NDArray[np.int64]
    """``(pair,)``: group of every pair."""


def instruction_groups(
    instruction: NDArray[np.str_], *, seed: int
) -> tuple[InstructionGroups, ...]:
    """Group by sentence, by first word, and by k-means on TF-IDF; one that is as fine as the sentences is left out.

    Args:
        instruction: ``(pair,)``, none empty.
        seed: of k-means.
    """
    sentences, number, count = np.unique(instruction, return_inverse=True, return_counts=True)
    ways = {"instruction": sentences, "verb": _verbs(sentences)}
    if len(sentences) > MAX_CLUSTERS:
        ways["cluster"] = _clusters(sentences, count, seed=seed)
    groups: list[InstructionGroups] = []
    for name, of_sentence in ways.items():
        names, group = np.unique(of_sentence, return_inverse=True)
        if len(names) > 1 and (name == "instruction" or len(names) < len(sentences)):
            groups.append(
                InstructionGroups(name=name, names=tuple(names.tolist()), number=group[number])
            )
    return tuple(groups)


def _verbs(sentences: NDArray[np.str_]) -> NDArray[np.str_]:
    """The first word of every sentence, which instructions to robots begin with."""
    words = [sentence.lower().replace(",", " ").split() for sentence in sentences.tolist()]
    return np.array([first[0] if first else "" for first in words])


def _clusters(
    sentences: NDArray[np.str_], count: NDArray[np.int64], *, seed: int
) -> NDArray[np.str_]:
    """The name of every sentence's cluster. Characters are compared, so any script and one-letter words work."""
    features = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4)).fit_transform(sentences)
    member = KMeans(MAX_CLUSTERS, n_init=4, random_state=seed).fit_predict(features)
    names = {
        cluster: sentences[member == cluster][np.argmax(count[member == cluster])]
        for cluster in np.unique(member).tolist()
    }
    return np.array([names[cluster] for cluster in member.tolist()])
