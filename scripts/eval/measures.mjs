export const MEASURES = ['nDCG@10', 'recall@10', 'MRR'];

const SAMPLES = 2000;

/** Returns the measures of one ranking. `judged` has the grade of each relevant document. */
export function measureQuery(ranking, judged) {
  const top = ranking.slice(0, 10);
  const gain = (grades) => grades.reduce((sum, grade, index) => sum + grade / Math.log2(index + 2), 0);
  const relevant = [...judged.values()].filter((grade) => grade > 0).sort((a, b) => b - a);
  const ideal = gain(relevant.slice(0, 10));
  const isRelevant = (id) => (judged.get(id) ?? 0) > 0;
  const first = ranking.findIndex(isRelevant);
  return {
    'nDCG@10': ideal === 0 ? 0 : gain(top.map((id) => Math.max(0, judged.get(id) ?? 0))) / ideal,
    'recall@10': relevant.length === 0 ? 0 : top.filter(isRelevant).length / Math.min(10, relevant.length),
    MRR: first < 0 ? 0 : 1 / (first + 1),
  };
}

/** Returns the mean with its interval; with `others`, the ratio of the means over the same queries. */
export function bootstrap(values, others) {
  const mean = (list, picks) => picks.reduce((sum, pick) => sum + list[pick], 0) / picks.length;
  const statistic = (picks) => (others ? mean(values, picks) / mean(others, picks) : mean(values, picks));
  const random = createRandom();
  const samples = Array.from({ length: SAMPLES }, () =>
    statistic(values.map(() => Math.floor(random() * values.length))),
  ).sort((a, b) => a - b);
  const [low, high] = [0.025, 0.975].map((share) => samples[Math.floor(share * (SAMPLES - 1))]);
  return `${statistic(values.map((_, index) => index)).toFixed(3)}  (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** A linear congruential generator with a fixed seed: the same run gives the same intervals. */
function createRandom() {
  let state = 20261127;
  return () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32;
}
