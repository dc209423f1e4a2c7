/** The texts that the page shows at first. */

export const COMPARED = [
  "The cat sleeps on the warm windowsill.",
  "A kitten is napping in the sun.",
  "My dog barks at the postman.",
  "How do I reset my password?",
  "I forgot my login and cannot sign in.",
  "Where can I change my e-mail address?",
  "Stock prices fell sharply this morning.",
  "The bank raised its interest rates.",
  "Shares dropped after the bank's report.",
  "We had a picnic on the river bank.",
];

export const SHORT_TEXT =
  "⚠ Unbelievably, error E-2041 means that the pump's bearing needs relubrication. Naïve readers skip it!";

export const LONG_TEXT = [
  "Preface. This text is longer than the model reads, so a part of it is cut.",
  ...Array.from(
    { length: 14 },
    (_, index) =>
      `Paragraph ${index + 1}. A lighthouse keeper wrote down the weather every evening: the wind, ` +
      "the height of the waves, and the ships that passed.",
  ),
  "The last sentence says who she was. Unless the server cuts the beginning, the model never sees it.",
].join("\n");
