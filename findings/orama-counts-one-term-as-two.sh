#!/usr/bin/env bash
# Orama returns documents without a word of the query when all words are required, and drops documents that have them all.
#
# Versions: @orama/orama 3.1.18.
# Input: four short texts, and a search for `refund fee`, whose terms also match words that begin with them: with `threshold: 0`,
#   for which the documentation promises only documents that contain all terms, and without it.
# Expected: the texts 1 and 2, which have both words; without the threshold, both before text 3, which has only one.
# Seen: the texts 1 and 3. Orama counts the different words that match, not the terms that they match, and wants as many of them as
#   the query has terms: `Refunds` and `refundable` are two, so text 3 passes without `fee`, and text 2 has three such words and
#   is dropped. Without the threshold, text 3 has the score of text 2 and stands before it.
# What follows: for a knowledge base, a search that requires all words is no filter that keeps unrelated texts out of a prompt.
#   This server counts a word of the question once, by its lexeme (src/platform/search/bm25.ts).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @orama/orama@3.1.18

cat >try.mjs <<'JS'
import { create, insert, search } from '@orama/orama';

const database = create({ schema: { text: 'string' } });
const texts = ['Refund of the fee', 'A refundable fee, and refunds', 'Refunds and refundable deposits', 'Delivery fee'];
for (const text of texts) insert(database, { text });
for (const more of [{ threshold: 0 }, {}]) {
  console.log(`refund fee ${JSON.stringify(more)}`);
  for (const { document, score } of search(database, { term: 'refund fee', ...more }).hits)
    console.log(`  ${texts.indexOf(document.text) + 1}. ${document.text} (${score.toFixed(2)})`);
}
JS
seen=$(node try.mjs)
expected='refund fee {"threshold":0}
  1. Refund of the fee (1.09)
  3. Refunds and refundable deposits (0.96)
refund fee {}
  1. Refund of the fee (1.09)
  3. Refunds and refundable deposits (0.96)
  2. A refundable fee, and refunds (0.96)
  4. Delivery fee (0.45)'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
