// Deterministic models of texts for the evaluation of the fusion. They need no network. None of them is a good model; together
// they are worse and better than the search by words.
const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const stem = (word) => word.replace(/(?:ing|ed|es|s)$/u, '');

/** Returns a generator of numbers of the standard normal distribution for a seed. */
function createNormal(seed) {
  let state = seed >>> 0;
  const uniform = () => ((state = (state * 1664525 + 1013904223) >>> 0) + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function hash(text) {
  let value = 2166136261;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 16777619) >>> 0;
  return value;
}

export function cosine(one, other) {
  let dot = 0;
  let ones = 0;
  let others = 0;
  for (let index = 0; index < one.length; index += 1) {
    dot += one[index] * other[index];
    ones += one[index] ** 2;
    others += other[index] ** 2;
  }
  return ones && others ? dot / Math.sqrt(ones * others) : 0;
}

/** Counts of features in 1,024 dimensions. */
const createCounter = (featuresOf) => () => (text) => {
  const vector = new Float64Array(1024);
  for (const feature of featuresOf(text)) {
    const code = hash(feature);
    vector[code % 1024] += code & 1024 ? 1 : -1;
  }
  return vector;
};

const trigrams = (text) =>
  words(text).flatMap((word) =>
    Array.from({ length: word.length }, (_, index) => ` ${word} `.slice(index, index + 3)),
  );

/** Random indexing: a word is the sum of the texts that it is in, a text the sum of its rare words. So words of one topic are alike. */
function createTopics(documents) {
  const dimensions = 512;
  const occurrences = new Map();
  documents.forEach(({ title, text }, index) => {
    for (const word of new Set(words(`${title} ${text}`).map(stem)))
      occurrences.set(word, [...(occurrences.get(word) ?? []), index]);
  });
  const signatures = documents.map((_, index) => {
    const normal = createNormal(index + 1);
    return Float64Array.from({ length: dimensions }, normal);
  });
  return (text) => {
    const vector = new Float64Array(dimensions);
    for (const word of words(text).map(stem)) {
      const indexes = occurrences.get(word) ?? [];
      const weight =
        Math.log(documents.length / (indexes.length || documents.length)) / (indexes.length || 1);
      for (const index of indexes)
        for (let at = 0; at < dimensions; at += 1) vector[at] += weight * signatures[index][at];
    }
    return vector;
  };
}

/** A model that knows the judgements, but for noise of this size. */
const createInformed = (noise) => (documents, queries, grades) => {
  const dimensions = 64;
  const at = (text, scale) => {
    const normal = createNormal(hash(text));
    return Float64Array.from({ length: dimensions }, () => scale * normal());
  };
  const meanings = new Map(documents.map(({ id, title, text }) => [id, at(`${title} ${text}`, 1)]));
  const byText = new Map(documents.map(({ id, text }) => [text, id]));
  const byQuery = new Map(queries.map(([id, text]) => [text, id]));
  return (text) => {
    if (byText.has(text)) return meanings.get(byText.get(text));
    const vector = at(text, noise);
    for (const [document, grade] of grades.get(byQuery.get(text)) ?? [])
      if (grade > 0) meanings.get(document).forEach((value, index) => (vector[index] += value));
    return vector;
  };
};

/** By name: functions of the documents, the queries and the judgements that return the vector of a text. */
export const MODELS = {
  random: () => (text) => Float64Array.from({ length: 64 }, createNormal(hash(text))),
  trigrams: createCounter(trigrams),
  words: createCounter((text) => words(text).map(stem)),
  topics: createTopics,
  'informed, noise 6': createInformed(6),
  'informed, noise 4': createInformed(4),
  'informed, noise 2.5': createInformed(2.5),
  'informed, noise 1': createInformed(1),
};
